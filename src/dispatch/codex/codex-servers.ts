import type { StageError, StageRequest } from "../dispatcher.ts";
import { serverNameOf, toolPrefix, type AttemptServer } from "../mcp/attempt-servers.ts";
import { refuseStart } from "../refuse-start.ts";
import { tomlSetting } from "./toml-setting.ts";

/** What codex is told of its MCP servers. */
export interface CodexServers {
  /** Options of `codex exec`. */
  argv: string[];
  /** The command with which codex is called: a shell that sets variables first, or nothing. */
  before: string[];
  files: Record<string, string>;
  warnings: string[];
}

type ServerRequest = Pick<StageRequest, "agent" | "attempt_dir" | "tools">;

/** What one server adds. */
interface Described {
  settings: Parameters<typeof tomlSetting>[1] & object;
  files: Record<string, string>;
  /** Variables of codex itself. */
  variables: Record<string, string>;
}

const folder = "mcp";
const startFile = `${folder}/start.sh`;
/** The level at which codex says on stderr that a server has not started. Its stream of messages is silent on it. */
const logLevel = { RUST_LOG: "error,codex_mcp=warn" };

/**
 * The stage's servers for codex. Values that may be secret are in files of the attempt's folder, because everybody on
 * the machine can read the arguments of a program. `visible` is the environment that the servers may see.
 */
export function describeServers(
  request: ServerRequest,
  servers: readonly AttemptServer[],
  visible: Readonly<Record<string, string>>,
): CodexServers | { error: StageError } {
  const described: CodexServers = { argv: [], before: [], files: {}, warnings: [] };
  const variables: Record<string, string> = {};
  for (const [at, server] of servers.entries()) {
    const { settings } = server;
    if (settings.kind === "address" && settings.type !== "http") {
      const why = `the MCP server "${server.name}" is of the type ${settings.type}, which codex cannot reach`;
      if (server.isNamed) return refuseStart("invalid_request", `${why}. write one of the type http`);
      described.warnings.push(`${why}: it is left out`);
      continue;
    }
    const own = describeServer(request, server, { number: at + 1, visible });
    const known = { ...own.settings, required: server.isNamed, ...approvals(request, server) };
    described.argv.push("-c", tomlSetting(`mcp_servers.${codexName(server.name)}`, known));
    Object.assign(described.files, own.files);
    Object.assign(variables, own.variables);
    if (!server.isNamed && !Object.hasOwn(visible, "RUST_LOG")) Object.assign(variables, logLevel);
  }
  if (Object.keys(variables).length === 0) return described;
  described.files[startFile] = `${exportAll(variables)}exec "$@"\n`;
  return { ...described, before: ["/bin/sh", `${request.attempt_dir}/${startFile}`] };
}

/** codex takes no other characters in a server's name. */
export function codexName(server: string): string {
  return server.replace(/[^A-Za-z0-9_-]/g, "_");
}

function describeServer(
  { attempt_dir }: ServerRequest,
  { settings }: AttemptServer,
  { number, visible }: { number: number; visible: Readonly<Record<string, string>> },
): Described {
  if (settings.kind === "address") {
    const headers = Object.entries(settings.headers).map(
      ([header, value], at) => [header, `SKILLMEAT_MCP_HEADER_${number}_${at + 1}`, value] as const,
    );
    return {
      settings: {
        url: settings.url,
        env_http_headers: Object.fromEntries(headers.map(([header, variable]) => [header, variable])),
      },
      files: {},
      variables: Object.fromEntries(headers.map(([, variable, value]) => [variable, value])),
    };
  }
  const { command, args, env } = settings;
  const file = `${folder}/server-${number}.sh`;
  const call = [command, ...args].map(quote).join(" ");
  return {
    // codex passes on only what is named here, and a few variables that every program needs.
    settings: { command: "/bin/sh", args: [`${attempt_dir}/${file}`], env_vars: Object.keys(visible) },
    files: { [file]: `${exportAll(env)}exec ${withOddVariables(env)}${call}\n` },
    variables: {},
  };
}

/** What of a server the agent may call without being asked: all of it, or the tools that a rule names. */
function approvals({ agent, tools }: ServerRequest, { name }: AttemptServer): Described["settings"] {
  const prefix = toolPrefix(name);
  const rules = tools.map((tool) => tool.replace(/\(\*?\)$/, ""));
  const isWhole = (rule: string): boolean => rule === prefix || rule === `${prefix}__*`;
  if (
    rules.some((rule) => isWhole(rule) || (rule.startsWith("mcp:") && serverNameOf(rule, { agent }) === name))
  )
    return { default_tools_approval_mode: "approve" };
  const single = rules
    .filter((rule) => rule.startsWith(`${prefix}__`))
    .map((rule) => [rule.slice(prefix.length + 2), { approval_mode: "approve" }] as const);
  const named = single.length === 0 ? {} : { tools: Object.fromEntries(single) };
  return { default_tools_approval_mode: "prompt", ...named };
}

const shellName = /^[A-Za-z_][A-Za-z0-9_]*$/;

function exportAll(variables: Readonly<Record<string, string>>): string {
  return Object.entries(variables)
    .filter(([name]) => shellName.test(name))
    .map(([name, value]) => `export ${name}=${quote(value)}\n`)
    .join("");
}

/** A shell cannot set a variable whose name is no word of its own. */
function withOddVariables(variables: Readonly<Record<string, string>>): string {
  const odd = Object.entries(variables).filter(([name]) => !shellName.test(name));
  return odd.length === 0 ? "" : `env ${odd.map(([name, value]) => quote(`${name}=${value}`)).join(" ")} `;
}

function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

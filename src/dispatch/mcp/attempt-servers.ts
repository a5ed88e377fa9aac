import type { McpServer } from "../../execution/snapshot.ts";
import type { ValueObject } from "../../expression/value.ts";
import type { StageError, StageRequest } from "../dispatcher.ts";
import { fillVariables, neededVariables } from "./fill-variables.ts";
import { missingVariables, textsWithin, variableTrouble } from "./missing-variables.ts";
import { readServerSettings, type ServerSettings } from "./server-settings.ts";
import { wantedServers, type WantedServer } from "./wanted-servers.ts";

/** An MCP server as one attempt gets it. */
export interface AttemptServer {
  name: string;
  /** True: the stage's or the agent's `tools` name it, so that the attempt cannot do without it. */
  isNamed: boolean;
  /** With its variables filled in; not to be recorded. */
  settings: ServerSettings;
  /** What its file says besides, such as a time limit, as it stands there. */
  others: ValueObject;
}

export type ServerRequest = Pick<StageRequest, "agent" | "tools">;

const mostServers = 50;
const ownKeys = new Set(["type", "command", "args", "env", "env_vars", "url", "headers", "description"]);

/**
 * The MCP servers of an attempt, from what the execution has stored. `variables` are the environment that they may see.
 * Of several servers of one name the first counts.
 */
export function attemptServers(
  request: ServerRequest,
  variables: Readonly<Record<string, string>>,
): { servers: AttemptServer[] } | { error: StageError } {
  const { agent, tools } = request;
  const { wanted, problem } = wantedServers(tools, agent?.settings);
  if (problem !== null) {
    return refuse(
      "invalid_request",
      `${problem.says} (${agent?.path ?? "the agent file"}). ${problem.wayOut}`,
    );
  }
  const servers = new Map<string, AttemptServer>();
  for (const each of wanted) {
    const server = storedServer(each, agent?.servers ?? []);
    if (!server) return refuse("not_found", describeUnknown(each));
    if (servers.has(server.name)) continue;
    const filled = fillServer(server, tools, variables);
    if ("error" in filled) return filled;
    servers.set(server.name, filled);
  }
  if (servers.size > mostServers)
    return refuse("invalid_request", `the stage has ${servers.size} MCP servers; ${mostServers} at most`);
  return { servers: [...servers.values()] };
}

/** The names of the servers that the attempt cannot do without. */
export function namedServers({ agent, tools }: ServerRequest): string[] {
  return (agent?.servers ?? []).filter((server) => isNamed(server, tools)).map(({ name }) => name);
}

/** How agent programs begin the names of a server's tools. */
export function toolPrefix(server: string): string {
  return `mcp__${server.replace(/[^A-Za-z0-9_-]/g, "_")}`;
}

/** The name of the server that a reference in `tools` finds; null when none is stored for it. */
export function serverNameOf(ref: string, { agent }: Pick<ServerRequest, "agent">): string | null {
  return agent?.servers?.find((server) => server.ref === ref)?.name ?? null;
}

function storedServer(wanted: WantedServer, stored: readonly McpServer[]): McpServer | undefined {
  return "ref" in wanted
    ? stored.find(({ ref }) => ref === wanted.ref)
    : stored.find(({ ref, name }) => ref === null && name === wanted.name);
}

function describeUnknown(wanted: WantedServer): string {
  const name = "ref" in wanted ? wanted.ref.slice("mcp:".length) : wanted.name;
  return (
    `the MCP server "${name}" was not found when the execution started. ` +
    "describe it in the project's .mcp.json and start the workflow again"
  );
}

function fillServer(
  server: McpServer,
  tools: readonly string[],
  variables: Readonly<Record<string, string>>,
): AttemptServer | { error: StageError } {
  const { name, path } = server;
  const read = readServerSettings(server.settings);
  if ("problem" in read)
    return refuse("invalid_request", `the MCP server "${name}" of ${path} ${read.problem}`);
  const [missing] = missingVariables(server, variables);
  if (missing !== undefined) {
    const { says, wayOut } = variableTrouble(server, missing);
    return refuse("invalid_request", `${says}. ${wayOut}`);
  }
  const settings = fillSettings(read.settings, (text) => fillVariables(text, variables));
  const again = textsWithin(settings).flatMap(neededVariables)[0];
  if (again !== undefined) {
    // The agent's program would fill it in from its own environment, which holds the provider's keys.
    const says = `a variable in the settings of the MCP server "${name}" of ${path} contains "\${${again}}"`;
    return refuse("invalid_request", `${says}, which is not filled in once more. write its value instead`);
  }
  const others = Object.entries(server.settings).filter(([key]) => !ownKeys.has(key));
  return { name, isNamed: isNamed(server, tools), settings, others: Object.fromEntries(others) };
}

function isNamed({ ref, name }: McpServer, tools: readonly string[]): boolean {
  const prefix = toolPrefix(name);
  const isOf = (tool: string): boolean => tool === prefix || /^(__|\()/.test(tool.slice(prefix.length));
  return tools.some((tool) => tool === ref || (tool.startsWith(prefix) && isOf(tool)));
}

function fillSettings(settings: ServerSettings, fill: (text: string) => string): ServerSettings {
  const fillAll = (texts: Readonly<Record<string, string>>): Record<string, string> =>
    Object.fromEntries(Object.entries(texts).map(([name, text]) => [name, fill(text)]));
  if (settings.kind === "address")
    return { ...settings, url: fill(settings.url), headers: fillAll(settings.headers) };
  const { command, args, env } = settings;
  return { ...settings, command: fill(command), args: args.map(fill), env: fillAll(env) };
}

function refuse(errorClass: string, message: string): { error: StageError } {
  return { error: { class: errorClass, message, retryable: false } };
}

import type { Value, ValueObject } from "../../expression/value.ts";
import type { StageError, StageRequest } from "../dispatcher.ts";
import { chargedIn } from "../charged-in.ts";
import {
  ignoredKeys,
  isModelId,
  noteText,
  unreadableKey,
  type KeyNote,
  type KeyReading,
  type KeyRequest,
} from "../key-notes.ts";
import { foreignTools } from "./foreign-tools.ts";
import { refuseStart } from "../refuse-start.ts";
import { textsOf } from "../texts-of.ts";
import { serverNameOf, toolPrefix, type AttemptServer } from "../mcp/attempt-servers.ts";
import type { AttemptSkill } from "../attempt-skills.ts";
import { declaresOutputs } from "../output-schema.ts";
import type { AgentStart } from "../process/agent-program.ts";
import { pluginFiles, pluginFolder, pluginName } from "./skill-plugin.ts";
import { describeServers } from "./describe-servers.ts";

/** How claude is to be called. */
export interface ClaudeCall {
  /** Without the program. */
  argv: string[];
  /** Files that the arguments name, by their names in the attempt's folder. */
  files: NonNullable<AgentStart["files"]>;
  /** Keys of the agent file that have no effect. */
  warnings: string[];
}

export interface ClaudeSession {
  id: string;
  /** True when the session exists and is to be gone on with. */
  resumes: boolean;
}

/** Nothing of the user's own settings gets in, so that the same file does the same work everywhere. */
const fixedArguments = [
  "-p",
  "--output-format",
  "stream-json",
  "--verbose",
  "--include-partial-messages",
  "--strict-mcp-config",
  "--setting-sources=",
];
/** It is talked to on its stdin and asks for permissions there. */
const askingArguments = ["--input-format", "stream-json", "--permission-prompt-tool", "stdio"];
/** Linux takes no single argument of more than 128 KiB. */
const longestInline = 100 * 1024;
/** The name under which the agent file's role is given to claude. */
const roleName = "stage";

type CallRequest = Pick<
  StageRequest,
  | "agent"
  | "agent_ref"
  | "attempt_dir"
  | "model"
  | "is_model_named"
  | "tools"
  | "output_schema"
  | "permissions"
  | "dollars_left"
  | "charged"
  | "session"
>;

/** How an attempt's claude is called, besides what the request says. */
interface ClaudeSetting {
  session: ClaudeSession;
  takesAgentsFile: boolean;
  servers: readonly AttemptServer[];
  skills: readonly AttemptSkill[];
  /** The names of variables in claude's environment that its servers must not see. */
  hidden: readonly string[];
}

/** The arguments for a request, or the error that its attempt fails with. */
export function claudeArguments(
  request: CallRequest,
  { session, takesAgentsFile, servers, skills, hidden }: ClaudeSetting,
): ClaudeCall | { error: StageError } {
  const { agent, tools, output_schema, permissions } = request;
  const asks = permissions === "ask";
  const settings = agent?.settings ?? {};
  const { refusal, notes, model: usedModel } = readForClaude(request);
  if (refusal !== null)
    return refuseStart("invalid_request", `${noteText(request, refusal)}. ${refusal.wayOut}`);
  const role = describeRole(request, takesAgentsFile);
  if ("error" in role) return role;
  const denied = textsOf(settings["disallowedTools"]);
  const maxTurns = numberOf(settings["maxTurns"]);
  const { effort } = settings;
  const argv = [
    ...fixedArguments,
    `--permission-mode=${passedMode(settings) ?? (asks ? "default" : "dontAsk")}`,
    ...(asks ? askingArguments : []),
    ...role.argv,
    ...(usedModel === null ? [] : ["--model", usedModel]),
    ...(declaresOutputs(output_schema) ? ["--json-schema", JSON.stringify(output_schema)] : []),
    ...(session.resumes ? ["--resume", session.id] : ["--session-id", session.id]),
    ...(servers.length > 0 ? [`--mcp-config=${request.attempt_dir}/${serversFile}`] : []),
    ...(skills.length > 0
      ? [`--plugin-dir=${request.attempt_dir}/${pluginFolder}`]
      : ["--disable-slash-commands"]),
    ...skills.map(({ folder }) => `--allowedTools=Skill(${pluginName}:${folder})`),
    ...tools.flatMap((tool) => (tool.startsWith("skill:") ? [] : `--allowedTools=${ruleOf(tool, request)}`)),
    ...denied.map((rule) => `--disallowedTools=${rule}`),
    ...budgetArguments(request, session),
    ...(maxTurns === null ? [] : ["--max-turns", String(maxTurns)]),
    ...(typeof effort === "string" && effort !== "" ? ["--effort", effort] : []),
  ];
  const files = {
    ...role.files,
    ...(servers.length > 0 ? { [serversFile]: describeServers(servers, hidden) } : {}),
    ...(skills.length > 0 ? pluginFiles(skills) : {}),
  };
  return { argv, files, warnings: notes.map((note) => noteText(request, note)) };
}

const serversFile = "mcp.json";

/** A reference to a server allows all of its tools. */
function ruleOf(tool: string, request: CallRequest): string {
  const server = tool.startsWith("mcp:") ? serverNameOf(tool, request) : null;
  return server === null ? tool : toolPrefix(server);
}

/**
 * Claude holds the whole cost of a session against its limit, also what it had reported before it was resumed. A cost
 * that it has not reported is in no total that it keeps.
 */
function budgetArguments(request: CallRequest, { id, resumes }: ClaudeSession): string[] {
  const { dollars_left } = request;
  if (dollars_left === null) return [];
  const charged = chargedIn(id, request);
  const reported = charged?.basis === "reported" ? charged.cost_micro_usd / 1_000_000 : 0;
  const most = dollars_left + (resumes ? reported : 0);
  return ["--max-budget-usd", most.toFixed(6).replace(/\.?0+$/, "")];
}

/** What no rule allows follows the stage's permissions. */
const askingModes = new Set(["default", "manual", "dontAsk"]);
const passedModes = new Set(["plan", "acceptEdits"]);

/** What claude makes of an agent's file. */
export function readForClaude(request: KeyRequest): KeyReading {
  const { agent, model } = request;
  const settings = agent?.settings ?? {};
  const { permissionMode: mode = null, disallowedTools: denied, effort } = settings;
  const isKnown =
    mode === null || (typeof mode === "string" && (askingModes.has(mode) || passedModes.has(mode)));
  const unreadable = [
    unreadableKey(settings, "maxTurns", {
      isRead: numberOf(settings["maxTurns"]) !== null,
      wanted: "a whole number above 0",
    }),
    unreadableKey(settings, "effort", { isRead: typeof effort === "string", wanted: "a text such as high" }),
    unreadableKey(settings, "disallowedTools", {
      isRead: Array.isArray(denied) || typeof denied === "string",
      wanted: "a list of rules",
    }),
  ];
  return {
    model: model === "" || model === "inherit" || !isModelId(model) ? null : model,
    refusal: isKnown ? null : refusedMode(mode),
    notes: [
      ...modelNotes(request),
      ...foreignTools(request),
      ...unreadable.filter((note) => note !== null),
      ...ignoredKeys(settings, [], "claude-code"),
    ],
  };
}

function modelNotes({ agent, model }: KeyRequest): KeyNote[] {
  if (model === "" || isModelId(model)) return [];
  const says =
    `is ${JSON.stringify(model)}, which is no name of a model: claude uses the one of its own settings. ` +
    "write an alias such as sonnet, or a full name such as claude-sonnet-5";
  return [{ key: "model", says, isOfStage: agent?.model !== model }];
}

function passedMode({ permissionMode: mode }: ValueObject): string | null {
  return typeof mode === "string" && passedModes.has(mode) ? mode : null;
}

function refusedMode(mode: Value): KeyReading["refusal"] {
  const why =
    mode === "bypassPermissions" || mode === "auto"
      ? "would let the agent do anything without being asked, and is refused"
      : "is no mode that is known";
  const known = [...askingModes, ...passedModes].join(", ");
  return {
    key: "permissionMode",
    says: `is ${JSON.stringify(mode)}, which ${why}`,
    wayOut: `write one of ${known}, and allow what the agent needs with "tools"`,
  };
}

/** The agent file's body as the role that claude plays; a file without a body leaves claude its own. */
function describeRole(
  { agent, agent_ref, attempt_dir }: CallRequest,
  takesFile: boolean,
): Pick<ClaudeCall, "argv" | "files"> | { error: StageError } {
  if (agent === null || agent.prompt === "") return { argv: [], files: {} };
  const { description, name, prompt } = agent;
  const text = JSON.stringify({ [roleName]: { description: description || name || agent_ref, prompt } });
  const played = ["--agent", roleName];
  if (Buffer.byteLength(text) <= longestInline) return { argv: [`--agents=${text}`, ...played], files: {} };
  if (takesFile) {
    return { argv: [`--agents=${attempt_dir}/${agentsFile}`, ...played], files: { [agentsFile]: text } };
  }
  const message =
    `the body of ${agent.path} has more than 100 KiB, which this version of claude does not take. ` +
    'run "claude update", or shorten it';
  return { error: { class: "invalid_request", message, retryable: false } };
}

const agentsFile = "agents.json";

function numberOf(value: Value | undefined): number | null {
  const number = typeof value === "string" ? Number(value) : value;
  return typeof number === "number" && Number.isInteger(number) && number > 0 ? number : null;
}

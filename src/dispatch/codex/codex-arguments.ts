import type { ValueObject } from "../../expression/value.ts";
import type { StageError, StageRequest } from "../dispatcher.ts";
import { ignoredKeys, noteText, type KeyNote, type KeyReading, type KeyRequest } from "../key-notes.ts";
import { declaresOutputs } from "../output-schema.ts";
import { refuseStart } from "../refuse-start.ts";
import { strictSchema } from "./strict-schema.ts";
import { tomlSetting } from "./toml-setting.ts";

/** How codex is to be called. */
export interface CodexCall {
  /** Without the program. */
  argv: string[];
  /** Files that the arguments name, by their names in the attempt's folder. */
  files: Record<string, string>;
  /** What of the agent file and the stage has no effect. */
  warnings: string[];
}

type CallRequest = Pick<
  StageRequest,
  "agent" | "attempt_dir" | "is_model_named" | "model" | "output_schema" | "tools"
>;

const schemaFile = "output-schema.json";
/** Linux takes no single argument of more than 128 KiB. */
const longestInline = 100 * 1024;

/** The arguments for a request, or the error that its attempt fails with. `thread`: the one to go on with. */
export function codexArguments(
  request: CallRequest,
  { thread, servers }: { thread: string | null; servers: readonly string[] },
): CodexCall | { error: StageError } {
  const { agent, output_schema } = request;
  const settings = agent?.settings ?? {};
  const { model, notes } = readForCodex(request);
  const role = agent?.prompt ? tomlSetting("developer_instructions", agent.prompt) : "";
  if (Buffer.byteLength(role) > longestInline) {
    const message =
      `the body of ${agent?.path} has more than 100 KiB, which codex does not take. ` +
      "shorten it, or move parts of it to a context module";
    return refuseStart("invalid_request", message);
  }
  const { effort } = settings;
  const schema = declaresOutputs(output_schema) ? strictSchema(output_schema) : null;
  const argv = [
    "exec",
    "--json",
    "--skip-git-repo-check",
    "-s",
    settings["permissionMode"] === "plan" ? "read-only" : "workspace-write",
    ...(model === null ? [] : ["-m", model]),
    ...(role === "" ? [] : ["-c", role]),
    ...(typeof effort === "string" && effort !== ""
      ? ["-c", tomlSetting("model_reasoning_effort", effort)]
      : []),
    ...servers,
    ...(schema === null ? [] : ["--output-schema", `${request.attempt_dir}/${schemaFile}`]),
    ...(thread === null ? [] : ["resume", thread]),
    "-",
  ];
  return {
    argv,
    files: schema === null ? {} : { [schemaFile]: JSON.stringify(schema) },
    warnings: notes.map((note) => noteText(request, note)),
  };
}

/** Aliases and names of Claude's models, and names as people say them. */
const foreignModel = /^(opus|sonnet|haiku|fable)|^best$|^claude[- ]|\s/i;

/** What codex makes of an agent's file. */
export function readForCodex(request: KeyRequest): KeyReading {
  const settings = request.agent?.settings ?? {};
  return {
    model: usableModel(request),
    refusal: null,
    notes: [
      ...modelNotes(request),
      ...modeNotes(settings),
      ...toolNotes(request),
      ...ignoredKeys(settings, ["disallowedTools", "maxTurns"], "codex"),
    ],
  };
}

/** The model that codex is told to use. Null: it uses the one of its own settings. */
export function usableModel({ model }: Pick<StageRequest, "model">): string | null {
  return model === "" || model === "inherit" || foreignModel.test(model) ? null : model;
}

function modelNotes({ agent, model, is_model_named }: KeyRequest): KeyNote[] {
  if (!is_model_named || !foreignModel.test(model)) return [];
  const says =
    `names "${model}", which codex does not know: it uses the model of its own settings. ` +
    'name one of codex with "model" in the stage';
  return [{ key: "model", says, isOfStage: agent?.model !== model }];
}

/** Modes of Claude Code in which an agent may change files and asks before it does more: the sandbox does the same. */
const writingModes = new Set<unknown>(["default", "manual", "dontAsk", "acceptEdits", "plan"]);

function modeNotes({ permissionMode: mode = null }: ValueObject): KeyNote[] {
  if (mode === null || writingModes.has(mode)) return [];
  const says = `is ${JSON.stringify(mode)}, which has no effect: codex works in its sandbox`;
  return [{ key: "permissionMode", says }];
}

/** Servers and skills are given to codex; a rule for a tool of its own is not. */
function toolNotes({ agent, tools }: KeyRequest): KeyNote[] {
  const idle = tools.filter((tool) => !/^(mcp:|mcp__|skill:)/.test(tool));
  if (idle.length === 0) return [];
  const why = "has no effect with the dispatcher codex: its sandbox decides what the agent may do";
  const says = idle.length === tools.length ? why : `has ${idle.join(", ")}, which ${why}`;
  return [{ key: "tools", says, isOfStage: !idle.some((tool) => (agent?.tools ?? []).includes(tool)) }];
}

import { existsSync } from "node:fs";
import { join } from "node:path";
import type { StageError, StageResult } from "../dispatcher.ts";
import { parseObject, readChannel } from "../channel-file.ts";
import { errorOfStatus } from "../stream/api-status.ts";
import { protocolVersion } from "./acp-messages.ts";
import type { AcpReader } from "./acp-reader.ts";
import { errorOf, promptIds, requestIds, type AcpError } from "./acp-state.ts";
import { blocker, stopReasonIn, type Blocker } from "./owed-messages.ts";
import { outputsTool } from "./tool-names.ts";

/** What is known of an agent that has ended. */
export interface AcpEnd {
  reader: Pick<
    AcpReader,
    "talk" | "setting" | "lastText" | "isUntrusted" | "usage" | "warnings" | "complaint"
  >;
  status: number;
  attemptDir: string;
  /** True when the stage declares outputs, which the agent has to hand in. */
  wantsOutputs: boolean;
  hide: (text: string) => string;
}

/** The file in the attempt's folder that the outputs are put into. */
export const outputsFile = "outputs.json";

const mostMessage = 8 * 1024;
const mostOutput = 8 * 1024 * 1024;

/** The result of an attempt: a turn that has ended by itself, and outputs where the stage declares some. */
export function acpResult({ reader, status, attemptDir, wantsOutputs, hide }: AcpEnd): StageResult {
  const handed = handedOutputs(attemptDir);
  const { lastText, warnings, talk } = reader;
  const denials = talk.denials();
  const given = {
    ...("outputs" in handed ? handed : {}),
    ...(lastText === null ? {} : { text: lastText }),
    ...reader.usage(),
    exit_code: status,
    ...(denials.count === 0 ? {} : { denials }),
    warnings: [...warnings],
  };
  const error =
    errorOfTalk(reader) ??
    errorOfTurn(reader, status) ??
    (wantsOutputs ? missingOutputs(reader, handed) : null);
  if (error === null) return { ok: true, ...given };
  // The text is hidden before it is cut, because the cut may go through a secret.
  return { ok: false, error: { ...error, message: hide(error.message).slice(0, mostMessage) }, ...given };
}

/** What the agent has handed in so far. */
export function handedOutputs(
  attemptDir: string,
): { outputs: Record<string, unknown> } | { problem: string } | { nothing: true } {
  const file = join(attemptDir, outputsFile);
  if (!existsSync(file)) return { nothing: true };
  const read = readChannel(file, mostOutput);
  const parsed = "problem" in read ? read : parseObject(read.text);
  return "problem" in parsed ? { problem: parsed.problem } : { outputs: parsed.object };
}

function missingOutputs(
  { setting: { program }, isUntrusted }: AcpEnd["reader"],
  handed: ReturnType<typeof handedOutputs>,
): StageError | null {
  if ("outputs" in handed) return null;
  if (isUntrusted) return hopeless("invalid_request", `${program} ${untrustedFolder}`);
  const message =
    "problem" in handed
      ? `the file of the outputs ${handed.problem}`
      : `${program} ended its turn without handing in outputs: it did not call the tool "${outputsTool}"`;
  return { class: "output_contract", message };
}

const untrustedFolder =
  "could not hand in outputs: it does not trust the working directory and starts no MCP servers there. trust it in " +
  'gemini, or write config: {env: {GEMINI_CLI_TRUST_WORKSPACE: "true"}} in the workflow';

/** Why the conversation did not get to its prompt, or broke off there. */
function errorOfTalk({ talk, setting }: AcpEnd["reader"]): StageError | null {
  const { state } = talk;
  const blocked = blocker(state, setting);
  if (blocked !== null) return errorOfBlocker(blocked, talk, setting.program);
  const failed = errorOf(state, promptIds(state).at(-1) ?? requestIds.prompt);
  return failed && classify(failed, setting.program);
}

function errorOfBlocker(blocked: Blocker, { state }: AcpReader["talk"], program: string): StageError {
  switch (blocked.kind) {
    case "refused":
      return classify(errorOf(state, blocked.id) ?? { code: null, message: "" }, program);
    case "protocol":
      return hopeless(
        "invalid_request",
        `${program} speaks version ${blocked.version ?? "?"} of the Agent Client Protocol, and ${protocolVersion} is ` +
          "needed. install another version of it",
      );
    case "session":
      return { class: "agent_error", message: `${program} opened a session without an id` };
    case "mode":
      return hopeless(
        "invalid_request",
        `"permissionMode" of the agent file is "plan", and ${program} offers no such mode. leave it out, or name ` +
          "another program",
      );
    default:
      return blocked satisfies never;
  }
}

/** Codes from 400 on are those of the model's API; those of JSON-RPC itself are negative. */
function classify({ code, message }: AcpError, program: string): StageError {
  const says = `${program}: ${message}`;
  if (code === authRequired || refusedLogin.test(message)) return authFailure(program, message);
  if (code !== null && code >= 400 && code < 600)
    return errorOfStatus(code, says, () => authFailure(program, message));
  if (/\b429\b|rate.?limit|too many requests|overloaded/i.test(message))
    return { class: "rate_limited", message: says };
  if (/quota|out of credits|insufficient (funds|credit)/i.test(message)) return hopeless("budget", says);
  if (code === invalidParams || code === unknownMethod) return hopeless("invalid_request", says);
  return { class: "agent_error", message: says };
}

const authRequired = -32000;
const unknownMethod = -32601;
const invalidParams = -32602;
const refusedLogin =
  /\b40[13]\b|authenticat|unauthori[sz]ed|invalid api key|api key not valid|not logged in/i;

function authFailure(program: string, said: string): StageError {
  return hopeless(
    "auth_failure",
    `${program} is not logged in (${said}). run it once in a terminal and log in, or start the run (or serve) with ` +
      "the key of its provider in its environment",
  );
}

function errorOfTurn({ talk, setting, complaint }: AcpEnd["reader"], status: number): StageError | null {
  const { program } = setting;
  const reason = stopReasonIn(talk.state);
  const said = complaint === null ? "" : `: ${complaint}`;
  switch (reason) {
    case "end_turn":
      return null;
    case "refusal":
      return hopeless("refused", "the model declined to go on");
    case "max_tokens":
      return hopeless("budget", "the model's limit of tokens was reached before the turn ended");
    case "max_turn_requests":
      return hopeless(
        "budget",
        "the agent's limit of requests to its model was reached before the turn ended",
      );
    case "cancelled":
      return { class: "cancelled", message: `${program} cancelled its turn${said}` };
    case null:
      return {
        class: "agent_error",
        message: `${program} ended with exit code ${status} and before its turn ended${said}`,
      };
    default:
      return { class: "agent_error", message: `${program} ended its turn with "${reason}"${said}` };
  }
}

function hopeless(errorClass: string, message: string): StageError {
  return { class: errorClass, message, retryable: false };
}

import type { StageError } from "../dispatcher.ts";
import { codexExecutable } from "./codex-program.ts";
import { errorOfStatus } from "../stream/api-status.ts";
import { fieldsField, parseFields, textField } from "../stream/fields.ts";
import { unknownOption, type UsedProgram } from "../unknown-option.ts";

/** How a codex ended that has not completed its turn. */
export interface CodexFailure {
  /** What codex says of its turn; null where it says nothing. */
  failed: string | null;
  /** Its last line on stderr. */
  complaint: string | null;
  /** What it says of an option that it does not know. */
  refusedOption: string | null;
  program: UsedProgram | null;
  status: number;
}

/** The error of an attempt. codex tells no codes, only sentences: those that are known mean one class each. */
export function classifyFailure({ failed, refusedOption, program, ...end }: CodexFailure): StageError {
  if (failed === null && refusedOption !== null)
    return unknownOption(codexExecutable, program, refusedOption);
  if (failed === null) return describeSilence(end);
  const message = textOfBody(failed);
  const known = sentences.find(([pattern]) => pattern.test(message));
  if (known) return errorOf(known[1], message);
  const answered = /(?:unexpected|last) status:? (\d{3})\b/.exec(message)?.[1];
  if (answered !== undefined) return errorOfStatus(Number(answered), message, authFailure);
  // The API's refusal of a request is passed on as it came.
  if (parseFields(failed) !== null) return errorOf("invalid_request", message);
  return { class: "agent_error", message: message === "" ? "codex failed without saying why" : message };
}

/** In this order: a sentence of a later class may hold words of an earlier one. */
const sentences: [pattern: RegExp, errorClass: string][] = [
  [/out of credits|spend cap|quota exceeded|insufficient_quota/i, "budget"],
  [/usage limit|at capacity|rate limit reached/i, "rate_limited"],
  [
    /(log|sign) in again|refresh token|access token could not|not include|use Codex with your ChatGPT plan/i,
    "auth_failure",
  ],
  [/was flagged|flagged for|flagged as|usage polic|content_filter|cybersecurity risk/i, "refused"],
  [
    /room in the model's context window|context_length_exceeded|is not supported when using/i,
    "invalid_request",
  ],
];

const triedAgain = new Set(["rate_limited"]);

function errorOf(errorClass: string, message: string): StageError {
  if (errorClass === "auth_failure") return { ...authFailure(null), message: `${message}. ${loginWayOut}` };
  return { class: errorClass, message, ...(triedAgain.has(errorClass) ? {} : { retryable: false }) };
}

const loginWayOut =
  'run "codex login" once in a terminal, or start the run (or serve) with a valid CODEX_API_KEY in its environment';

function authFailure(status: number | null): StageError {
  const answered = status === null ? "" : ` (HTTP ${status})`;
  const message = `the model's API refused the login of codex${answered}. ${loginWayOut}`;
  return { class: "auth_failure", message, retryable: false };
}

/** What an answer of the API says, where the whole text is one. */
function textOfBody(text: string): string {
  const body = parseFields(text);
  return textField(fieldsField(body, "error"), "message") ?? textField(body, "detail") ?? text;
}

function describeSilence({ status, complaint }: Pick<CodexFailure, "status" | "complaint">): StageError {
  const said = complaint === null || aside.test(complaint) ? "" : `: ${complaint}`;
  if (complaint !== null && brokenSettings.test(complaint)) {
    const wayOut = "correct its config.toml, or the key of the agent file that it names";
    return errorOf("invalid_request", `codex cannot read its settings${said}. ${wayOut}`);
  }
  return {
    class: "agent_error",
    message: `codex ended with exit code ${status} and before its turn ended${said}`,
  };
}

/** What codex writes on stderr although nothing is wrong. */
const aside = /^(warning:|Reading prompt from stdin|\S+ +WARN codex_mcp)/i;
const brokenSettings = /config(uration)?(\.toml)?\b.*(unknown|invalid|error)|error loading config/i;

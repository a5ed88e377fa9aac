import type { Denials, StageError, StageResult } from "../dispatcher.ts";
import { errorOfStatus } from "../stream/api-status.ts";
import { authFailure, type ClaudeReader } from "./claude-reader.ts";
import { fieldsField, listField, numberField, textField, type Fields } from "../stream/fields.ts";
import { titleOfCall } from "../title-of-call.ts";
import { unknownOption, type UsedProgram } from "../unknown-option.ts";
import { claudeExecutable } from "./claude-program.ts";

/** What is known of a claude that has ended. */
export interface ClaudeEnd {
  reader: Pick<
    ClaudeReader,
    "lastResult" | "output" | "usage" | "warnings" | "complaint" | "unknownOption" | "givesUp"
  >;
  status: number;
  /** What ran; null where that is not known. */
  program: UsedProgram | null;
  /** True when the stage declares outputs, which claude has to hand in. */
  wantsOutputs: boolean;
  hide: (text: string) => string;
}

const mostMessage = 8 * 1024;
const mostDenials = 20;
const mostTitle = 200;

/**
 * The result of an attempt. Only the last `result` of the stream decides: failures of the API come as `success` with
 * `is_error`, an interrupted claude exits with 0, and a task in the background makes a second result.
 */
export function claudeResult({ reader, status, program, wantsOutputs, hide }: ClaudeEnd): StageResult {
  const { lastResult, output, warnings } = reader;
  const text = ownText(lastResult);
  const denials = denialsOf(lastResult, hide);
  const given = {
    ...(output === null ? {} : { outputs: { ...output } }),
    ...(text === null ? {} : { text }),
    ...reader.usage(),
    exit_code: status,
    ...(denials.count === 0 ? {} : { denials }),
    warnings: [...warnings],
  };
  const error =
    (isHopeless(reader) ? reader.givesUp.error : null) ??
    (lastResult === null
      ? describeSilence(status, reader, program)
      : (errorOfResult(lastResult) ?? missingOutput(output, wantsOutputs)));
  if (error === null) return { ok: true, ...given };
  // The text is hidden before it is cut, because the cut may go through a secret.
  return { ok: false, error: { ...error, message: hide(error.message).slice(0, mostMessage) }, ...given };
}

/** A claude that did without a server it needs may end before it is stopped; one that got in at last has succeeded. */
function isHopeless({ lastResult, givesUp }: ClaudeEnd["reader"]): boolean {
  return givesUp.signal.aborted && (lastResult === null || givesUp.error.class === "not_found");
}

/** What claude said at the end; null where that is its outputs or an error once more. */
function ownText(result: Fields | null): string | null {
  const text = textField(result, "result");
  if (result === null || text === null || result["is_error"] === true) return null;
  return text === JSON.stringify(result["structured_output"]) ? null : text;
}

function describeSilence(
  status: number,
  { complaint, unknownOption: refused }: ClaudeEnd["reader"],
  program: UsedProgram | null,
): StageError {
  const said = complaint === null ? "" : `: ${complaint}`;
  if (complaint !== null && /invalid api key|please run \/login|not logged in/i.test(complaint))
    return authFailure(401);
  if (refused !== null) return unknownOption(claudeExecutable, program, refused);
  return {
    class: "agent_error",
    message: `claude ended with exit code ${status} and without a result${said}`,
  };
}

/** Null for a success. */
function errorOfResult(result: Fields): StageError | null {
  const subtype = textField(result, "subtype") ?? "";
  if (subtype === "success" && result["is_error"] !== true) return null;
  const message = describeFailure(result);
  if (textField(result, "stop_reason") === "refusal") return hopeless("refused", message);
  switch (subtype) {
    case "error_max_turns":
    case "error_max_budget_usd":
      return hopeless("budget", message);
    case "error_max_structured_output_retries":
      return { class: "output_contract", message };
    default:
      return errorOfStatus(numberField(result, "api_error_status"), message, authFailure);
  }
}

function describeFailure(result: Fields): string {
  const errors = Array.isArray(result["errors"]) ? result["errors"] : [];
  const texts = errors.filter((each): each is string => typeof each === "string");
  if (texts.length > 0) return texts.join("; ");
  const text = textField(result, "result") ?? "";
  return text.trim() === "" ? "claude failed without saying why" : text;
}

function missingOutput(output: Fields | null, wantsOutputs: boolean): StageError | null {
  if (!wantsOutputs || output !== null) return null;
  const message = "claude ended without handing in outputs: no result has a structured output";
  return { class: "output_contract", message };
}

/** What claude wanted to do and was not allowed to. */
function denialsOf(result: Fields | null, hide: ClaudeEnd["hide"]): Denials {
  const denied = listField(result, "permission_denials");
  const calls = denied.slice(0, mostDenials).map((denial) => ({
    tool: hide(textField(denial, "tool_name") ?? "a tool").slice(0, mostTitle),
    // The text is hidden before it is cut, because the cut may go through a secret.
    title: hide(titleOfCall(fieldsField(denial, "tool_input") ?? {})).slice(0, mostTitle),
  }));
  return { calls, count: denied.length };
}

function hopeless(errorClass: string, message: string): StageError {
  return { class: errorClass, message, retryable: false };
}

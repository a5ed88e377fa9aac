import type { Value } from "../../expression/value.ts";
import type { StageError, StageResult } from "../dispatcher.ts";
import { declaresOutputs } from "../output-schema.ts";
import { parseFields, type Fields } from "../stream/fields.ts";
import type { UsedProgram } from "../unknown-option.ts";
import { classifyFailure } from "./codex-failure.ts";
import type { CodexReader } from "./codex-reader.ts";
import { meteredUsage } from "./codex-usage.ts";
import { withoutMissing } from "./strict-schema.ts";

/** What is known of a codex that has ended. */
export interface CodexEnd {
  reader: Pick<
    CodexReader,
    "turn" | "lastText" | "lastError" | "servers" | "usage" | "warnings" | "complaint" | "unknownOption"
  >;
  status: number;
  /** What ran; null where that is not known. */
  program: UsedProgram | null;
  /** The model that codex was told to use; null: that of its own settings. */
  model: string | null;
  /** Of the stage's outputs. */
  schema: Value;
  hide: (text: string) => string;
}

const mostMessage = 8 * 1024;
const mostShown = 200;

/**
 * The result of an attempt. Only a completed turn is a success. codex does not check its answer against the schema, so
 * the outputs are what the last message holds; the engine checks them.
 */
export function codexResult({ reader, status, program, model, schema, hide }: CodexEnd): StageResult {
  const { turn, lastText, servers, warnings } = reader;
  const wantsOutputs = declaresOutputs(schema);
  const outputs = wantsOutputs && lastText !== null ? outputsIn(lastText) : null;
  const given = {
    ...(outputs === null ? {} : { outputs: withoutMissing(outputs, schema) }),
    ...(outputs === null && lastText !== null ? { text: lastText } : {}),
    ...meteredUsage(reader.usage(), model),
    exit_code: status,
    ...(servers.denials.count === 0 ? {} : { denials: servers.denials }),
    warnings: [...warnings],
  };
  const error = turn?.isCompleted
    ? wantsOutputs && outputs === null
      ? missingOutputs(lastText, hide)
      : null
    : (servers.failure ??
      classifyFailure({
        failed: turn?.message ?? reader.lastError,
        complaint: reader.complaint,
        refusedOption: reader.unknownOption,
        program,
        status,
      }));
  if (error === null) return { ok: true, ...given };
  // The text is hidden before it is cut, because the cut may go through a secret.
  return { ok: false, error: { ...error, message: hide(error.message).slice(0, mostMessage) }, ...given };
}

/** The object that a text is, or that is in its last code block. Null where there is none. */
function outputsIn(text: string): Fields | null {
  const blocks = Array.from(
    text.matchAll(/^```(?:json)?[ \t]*\r?\n([^]*?)^```[ \t]*$/gm),
    ([, inner = ""]) => inner,
  );
  return parseFields(text) ?? parseFields(blocks.at(-1) ?? "");
}

function missingOutputs(text: string | null, hide: CodexEnd["hide"]): StageError {
  const shown = text === null ? "nothing" : JSON.stringify(hide(text).slice(0, mostShown));
  const message = `codex ended without handing in outputs: its last message must be one JSON object, and is ${shown}`;
  return { class: "output_contract", message };
}

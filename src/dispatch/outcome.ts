import { lstatSync } from "node:fs";
import { join } from "node:path";
import type { Masks } from "../execution/masks.ts";
import type { EffectiveOutput } from "../workflow/effective.ts";
import { coerceText } from "../workflow/value-type.ts";
import { commandFiles } from "./command-files.ts";
import { parseObject, readChannel } from "./channel-file.ts";
import type { AgentFile } from "../execution/snapshot.ts";
import type { MeteredUsage, StageError, StageResult } from "./dispatcher.ts";
import { exitError, isHopeless } from "./exit-code.ts";
import { parseKeyValues } from "./key-values.ts";
import { usageOf } from "./usage.ts";

/** What is known of an attempt that has ended. */
export interface Ending {
  folder: string;
  status: number;
  /** As the agent file names it, for messages. */
  program: string;
  agent: AgentFile | null;
  outputs: Readonly<Record<string, EffectiveOutput>>;
  /** From the log. */
  warnings: readonly string[];
  complaint: string | null;
  masks: Masks;
}

const mostOutput = 8 * 1024 * 1024;
const mostAside = 1024 * 1024;
const mostMessage = 8 * 1024;

/**
 * Makes the result from what the agent has left in its folder: its error file overrides the exit code, which overrides
 * outputs.
 */
export function outcomeOf(ending: Ending): StageResult {
  const { folder, status, masks } = ending;
  const present = filesIn(folder);
  const warnings = [...ending.warnings];
  const aside = { ...usageIn(folder, present, warnings), ...summaryIn(folder, present, warnings) };
  const error =
    namedError(ending, present, warnings) ??
    (status === 0 ? null : exitError(status, ending.program, ending));
  const given = outputsIn(ending, present);
  const handed = { ...handedIn(given), ...aside, exit_code: status, warnings };
  const trouble = error ?? ("error" in given ? given.error : null);
  if (trouble === null) return { ok: true, ...handed };
  // The text is hidden before it is cut, because the cut may go through a secret.
  const message = masks.hide(trouble.message).slice(0, mostMessage);
  return { ok: false, error: { ...trouble, message }, ...handed };
}

type LeftBehind = MeteredUsage & Pick<StageResult, "outputs" | "raw_outputs" | "text">;

/** What an attempt that was stopped has left behind: its usage is paid for, and its outputs can be looked at. */
export function readLeftBehind(folder: string, outputs: Ending["outputs"]): LeftBehind {
  const present = filesIn(folder);
  const aside = { ...usageIn(folder, present, []), ...summaryIn(folder, present, []) };
  return { ...handedIn(outputsIn({ folder, outputs }, present)), ...aside };
}

function handedIn(given: HandedOutputs): Pick<StageResult, "outputs" | "raw_outputs"> {
  if ("outputs" in given) return Object.keys(given.outputs).length === 0 ? {} : { outputs: given.outputs };
  return given.raw === "" ? {} : { raw_outputs: given.raw };
}

/**
 * Which of its files the agent has written; none where it has removed its folder. Five looks are far quicker than
 * reading the folder, which is new to the disk.
 */
function filesIn(folder: string): ReadonlySet<string> {
  const isThere = (name: string): boolean =>
    lstatSync(join(folder, name), { throwIfNoEntry: false }) !== undefined;
  return new Set(Object.values(commandFiles).filter(isThere));
}

/** `raw`: the text that cannot be read as outputs; empty where it is no text. */
type HandedOutputs = { outputs: Record<string, unknown> } | { error: StageError; raw: string };

function outputsIn(
  { folder, outputs: declared }: Pick<Ending, "folder" | "outputs">,
  present: ReadonlySet<string>,
): HandedOutputs {
  const outputs: Record<string, unknown> = {};
  if (present.has(commandFiles.output)) {
    const read = readChannel(join(folder, commandFiles.output), mostOutput);
    const parsed = "problem" in read ? read : parseObject(read.text);
    if ("problem" in parsed) return reportBroken(`the file SKILLMEAT_OUTPUT ${parsed.problem}`, read);
    copy(parsed.object, outputs);
  }
  if (present.has(commandFiles.outputKv)) {
    const read = readChannel(join(folder, commandFiles.outputKv), mostOutput);
    const parsed = "problem" in read ? read : parseKeyValues(read.text);
    if ("problem" in parsed) return reportBroken(`the file SKILLMEAT_OUTPUT_KV: ${parsed.problem}`, read);
    for (const [name, text] of parsed.values) {
      const type = Object.hasOwn(declared, name) ? declared[name]?.type : undefined;
      const coerced = type === undefined ? { value: text } : coerceText(type, text);
      if ("problem" in coerced) return reportBroken(`output "${name}" ${coerced.problem}`, read);
      copy({ [name]: coerced.value }, outputs);
    }
  }
  return { outputs };
}

/** Defined as an own property: assigning to `__proto__` would do something else. */
function copy(from: Readonly<Record<string, unknown>>, to: Record<string, unknown>): void {
  for (const [key, value] of Object.entries(from)) {
    Object.defineProperty(to, key, { value, enumerable: true, writable: true, configurable: true });
  }
}

function reportBroken(message: string, read: ReturnType<typeof readChannel>): HandedOutputs {
  return { error: { class: "output_contract", message }, raw: "text" in read ? read.text : "" };
}

/**
 * The text that the agent wrote to SKILLMEAT_ERROR; if it is not JSON, it is the message. Null for a missing or empty
 * file.
 */
function namedError(ending: Ending, present: ReadonlySet<string>, warnings: string[]): StageError | null {
  if (!present.has(commandFiles.error)) return null;
  const read = readChannel(join(ending.folder, commandFiles.error), mostAside);
  if ("problem" in read) {
    warnings.push(`the file SKILLMEAT_ERROR ${read.problem}`);
    return null;
  }
  const text = read.text.trim();
  if (text === "") return null;
  const fallback =
    ending.status === 0
      ? { class: "agent_error", message: "the agent failed without a message" }
      : exitError(ending.status, ending.program, ending);
  const parsed = parseObject(text);
  if ("problem" in parsed) {
    warnings.push(`the file SKILLMEAT_ERROR ${parsed.problem}; it is taken as the message`);
    return { ...fallback, message: text };
  }
  return errorFrom(parsed.object, fallback, warnings);
}

function errorFrom(given: Record<string, unknown>, fallback: StageError, warnings: string[]): StageError {
  const { class: name, message, retry_after_ms: wait, retryable } = given;
  const isClass = typeof name === "string" && /^[A-Za-z][A-Za-z0-9_.-]{0,63}$/.test(name);
  if (name !== undefined && !isClass) {
    warnings.push('the file SKILLMEAT_ERROR: "class" must be a word such as "rate_limited"');
  }
  const isWait = typeof wait === "number" && wait >= 0 && wait <= longestWaitMs;
  if (wait !== undefined && wait !== null && !isWait) {
    warnings.push(
      'the file SKILLMEAT_ERROR: "retry_after_ms" must be milliseconds, 0 or more, 7 days at most',
    );
  }
  const errorClass = isClass ? name : fallback.class;
  const mayRetry = typeof retryable === "boolean" ? retryable : !isHopeless(errorClass);
  return {
    class: errorClass,
    message: typeof message === "string" && message !== "" ? message : fallback.message,
    ...(isWait ? { retry_after_ms: Math.ceil(wait) } : {}),
    ...(mayRetry ? {} : { retryable: false }),
  };
}

const longestWaitMs = 7 * 24 * 3_600_000;

function usageIn(folder: string, present: ReadonlySet<string>, warnings: string[]): MeteredUsage {
  if (!present.has(commandFiles.usage)) return {};
  const read = readChannel(join(folder, commandFiles.usage), mostAside);
  const parsed = "problem" in read ? read : parseObject(read.text);
  const used = "problem" in parsed ? parsed : usageOf(parsed.object);
  if (!("problem" in used)) return used;
  warnings.push(`the file SKILLMEAT_USAGE: ${used.problem}`);
  return {};
}

function summaryIn(
  folder: string,
  present: ReadonlySet<string>,
  warnings: string[],
): Pick<StageResult, "text"> {
  if (!present.has(commandFiles.summary)) return {};
  const read = readChannel(join(folder, commandFiles.summary), mostAside);
  if ("text" in read) return { text: read.text };
  warnings.push(`the file SKILLMEAT_SUMMARY ${read.problem}`);
  return {};
}

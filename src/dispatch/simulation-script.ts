import { AppError } from "../errors.ts";
import type { Value } from "../expression/value.ts";
import { parseDuration } from "../workflow/duration.ts";
import type { MeteredUsage, StageError } from "./dispatcher.ts";
import { usageOf } from "./usage.ts";

/** What each stage does, one entry per attempt; the last one repeats. */
export type SimulationScript = ReadonlyMap<string, readonly SimulatedAttempt[]>;

export interface SimulatedAttempt {
  /** Null: the run's own `--sim-delay`. */
  delayMs: number | null;
  logs: readonly string[];
  fail: StageError | null;
  /** The outputs as they are, whatever the stage declares; null: they are made from the declared types. */
  outputs: Record<string, unknown> | null;
  text: string | null;
  usage: MeteredUsage | null;
}

/**
 * Checks what a simulation script's text holds. `file` is for messages; `stages`, where given, are the ids that may be
 * named. Throws `AppError("invalid_usage")` with the place of the first trouble.
 */
export function parseSimulationScript(
  script: unknown,
  file = "the simulation script",
  stages: readonly string[] | null = null,
): SimulationScript {
  const top = requireMapping(script, file, 'a mapping with "stages"');
  onlyKeys(top, ["stages"], file);
  const parsed = new Map<string, SimulatedAttempt[]>();
  for (const [id, entries] of Object.entries(
    requireMapping(top["stages"] ?? {}, `${file}: stages`, "a mapping"),
  )) {
    if (stages && !stages.includes(id)) {
      throw wrongEntryError(
        `${file}: stages.${id}`,
        `the workflow has no stage "${id}". its stages: ${stages.join(", ")}`,
      );
    }
    parsed.set(id, attemptsOf(entries, `${file}: stages.${id}`));
  }
  return parsed;
}

function attemptsOf(entries: unknown, place: string): SimulatedAttempt[] {
  const list = Array.isArray(entries) ? entries : [entries];
  if (list.length === 0) throw wrongEntryError(place, "needs at least one entry");
  return list.map((entry, at) => attemptOf(entry ?? {}, `${place}[${at}]`));
}

function attemptOf(entry: unknown, place: string): SimulatedAttempt {
  const map = requireMapping(entry, place, "a mapping");
  onlyKeys(map, ["delay", "logs", "fail", "outputs", "text", "usage"], place);
  const { delay, logs, fail, outputs, text, usage } = map;
  return {
    delayMs: delay === undefined ? null : delayOf(delay, `${place}.delay`),
    logs: logs === undefined ? [] : textsOf(logs, `${place}.logs`),
    fail: fail === undefined ? null : failureOf(fail, `${place}.fail`),
    outputs: outputs === undefined ? null : requireMapping(outputs, `${place}.outputs`, "a mapping"),
    text: text === undefined ? null : textOf(text, `${place}.text`),
    usage: usage === undefined ? null : simulatedUsage(usage, `${place}.usage`),
  };
}

function failureOf(fail: unknown, place: string): StageError {
  const map = requireMapping(fail, place, "a mapping with class and message");
  onlyKeys(map, ["class", "message", "retry_after_ms", "retryable"], place);
  const { retry_after_ms, retryable } = map;
  if (retry_after_ms !== undefined && !(Number.isInteger(retry_after_ms) && Number(retry_after_ms) >= 0)) {
    throw wrongEntryError(`${place}.retry_after_ms`, "must be whole milliseconds, 0 or more");
  }
  if (retryable !== undefined && typeof retryable !== "boolean") {
    throw wrongEntryError(`${place}.retryable`, "must be true or false");
  }
  return {
    class: textOf(map["class"] ?? "agent_error", `${place}.class`),
    message: textOf(map["message"] ?? "simulated failure", `${place}.message`),
    ...(retry_after_ms === undefined ? {} : { retry_after_ms: Number(retry_after_ms) }),
    ...(retryable === undefined ? {} : { retryable }),
  };
}

function simulatedUsage(usage: unknown, place: string): MeteredUsage {
  const read = usageOf(usage);
  if ("problem" in read) throw wrongEntryError(place, read.problem);
  return read;
}

function delayOf(delay: unknown, place: string): number {
  if (delay === 0 || (typeof delay === "string" && /^0(ms|s)?$/.test(delay))) return 0;
  const ms = typeof delay === "string" ? parseDuration(delay) : null;
  if (ms === null)
    throw wrongEntryError(place, `must be a duration such as "200ms", not ${JSON.stringify(delay)}`);
  return ms;
}

function textsOf(value: unknown, place: string): string[] {
  const list = Array.isArray(value) ? value : [value];
  return list.map((line, at) => textOf(line, `${place}[${at}]`));
}

function textOf(value: unknown, place: string): string {
  if (typeof value === "string") return value;
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  throw wrongEntryError(place, "must be a text");
}

function requireMapping(value: unknown, place: string, wanted: string): Record<string, unknown> {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) {
    return value as Record<string, Value>;
  }
  throw wrongEntryError(place, `must be ${wanted}`);
}

function onlyKeys(map: Record<string, unknown>, known: readonly string[], place: string): void {
  const unknown = Object.keys(map).find((key) => !known.includes(key));
  if (unknown !== undefined) {
    throw wrongEntryError(place, `does not know "${unknown}". known: ${known.join(", ")}`);
  }
}

function wrongEntryError(place: string, what: string): AppError {
  return new AppError("invalid_usage", `${place}: ${what}`);
}

import { AppError } from "../errors.ts";
import type { Value } from "../expression/value.ts";
import type { DispatchControl, StageDispatcher, StageRequest, StageResult } from "./dispatcher.ts";
import { parseSimulationScript, type SimulatedAttempt, type SimulationScript } from "./simulation-script.ts";

/** `sleep` may resolve early or reject when its signal is aborted. */
export interface SimulationClock {
  now(): number;
  sleep(ms: number, signal: AbortSignal): Promise<void>;
}

/**
 * Does stages without any agent: results come from `options.script`, or else from the declared outputs. Without delay
 * and logs an attempt needs no timer.
 */
export function createSimulatedDispatcher(clock: SimulationClock): StageDispatcher {
  return {
    name: "simulated",
    dispatch: (request, control) => simulate(request, control, clock),
    readopt: () => Promise.resolve("gone"),
    sweep: () => Promise.resolve(),
  };
}

function simulate(
  request: StageRequest,
  control: DispatchControl,
  clock: SimulationClock,
): Promise<StageResult> {
  if (control.signal.aborted) return Promise.resolve(stoppedResult());
  let entry: SimulatedAttempt;
  try {
    entry = entryOf(request);
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return Promise.resolve(
      failedResult({ class: "invalid_request", message: error.message, retryable: false }),
    );
  }
  const delayMs = entry.delayMs ?? request.options.sim_delay_ms;
  if (delayMs === 0) {
    for (const line of entry.logs) control.log.write("stdout", line);
    return Promise.resolve(resultOf(entry, request));
  }
  return simulateSlowly(entry, request, { control, clock, delayMs });
}

/** The log lines are spread over the delay, the first at once, so that a rehearsal looks like the real thing. */
async function simulateSlowly(
  entry: SimulatedAttempt,
  request: StageRequest,
  { control, clock, delayMs }: { control: DispatchControl; clock: SimulationClock; delayMs: number },
): Promise<StageResult> {
  const { signal, log } = control;
  const parts = Math.max(1, entry.logs.length);
  const endMs = clock.now() + delayMs;
  for (let part = 0; part < parts; part++) {
    const line = entry.logs[part];
    if (line !== undefined) log.write("stdout", line);
    const dueMs = endMs - (delayMs * (parts - part - 1)) / parts;
    try {
      await clock.sleep(Math.max(0, dueMs - clock.now()), signal);
    } catch (error) {
      if (!signal.aborted) throw error;
    }
    if (signal.aborted) return stoppedResult();
  }
  return resultOf(entry, request);
}

const noScript: SimulationScript = new Map();
/** One run's script is the same object for all of its stages, so it is read once. */
const parsed = new WeakMap<object, SimulationScript>();
const plain: SimulatedAttempt = {
  delayMs: null,
  logs: [],
  fail: null,
  outputs: null,
  text: null,
  usage: null,
};

function entryOf({ options, stage_id, attempt }: StageRequest): SimulatedAttempt {
  const entries = scriptOf(options.script).get(stage_id);
  return entries?.[Math.min(attempt, entries.length) - 1] ?? plain;
}

function scriptOf(script: Value): SimulationScript {
  if (script === null) return noScript;
  if (typeof script !== "object") return parseSimulationScript(script);
  const known = parsed.get(script);
  if (known) return known;
  const fresh = parseSimulationScript(script);
  parsed.set(script, fresh);
  return fresh;
}

function resultOf(entry: SimulatedAttempt, request: StageRequest): StageResult {
  const usage = entry.usage === null ? {} : structuredClone(entry.usage);
  if (entry.fail) return { ...failedResult({ ...entry.fail }), ...usage };
  const outputs = entry.outputs ?? makeOutputs(request);
  const text = entry.text === null ? {} : { text: entry.text };
  return { ok: true, outputs, ...text, ...usage, warnings: [] };
}

function makeOutputs({ stage_id, outputs }: StageRequest): Record<string, Value> {
  const made: Record<string, Value> = {};
  for (const name of Object.keys(outputs)) {
    const declared = outputs[name];
    if (declared) made[name] = makeValue(declared.type, `${stage_id}.${name}`);
  }
  return made;
}

function makeValue(type: string, label: string): Value {
  if (type === "number" || type === "integer") return 1;
  if (type === "boolean") return true;
  if (type === "object" || type === "memory_item") return {};
  if (type === "artifact_ref") return `agent:${refName(label)}`;
  if (type === "context_module") return `ctx:${refName(label)}`;
  return type === "array" || type.startsWith("array<") ? [] : label;
}

/** Outputs may be named as nothing that is referred to can. */
function refName(label: string): string {
  return label.replace(/[^A-Za-z0-9_.-]/g, "-");
}

function failedResult(error: NonNullable<StageResult["error"]>): StageResult {
  return { ok: false, error, warnings: [] };
}

function stoppedResult(): StageResult {
  return failedResult({ class: "cancelled", message: "the simulated agent was stopped" });
}

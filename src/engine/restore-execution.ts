import { join } from "node:path";
import { AppError } from "../errors.ts";
import type { ExecutionRecord, StepRecord } from "../execution/record.ts";
import { hasEnded } from "../execution/status.ts";
import type { LoadedExecution } from "../store/executions.ts";
import { logFacts } from "../store/logs.ts";
import {
  makeExecution,
  restoreStepActor,
  type ClearFacts,
  type StepParts,
} from "../machine/make-execution.ts";
import { sendToStarted } from "../machine/started-actor.ts";
import { restoreActor, storedClock } from "../machine/stored-actor.ts";
import { isoTime } from "../machine/moment.ts";
import { makeBlueprint, type Blueprint } from "../machine/blueprint.ts";
import { resumeCounting } from "./durations.ts";
import type { EngineState } from "./engine-state.ts";
import { isComplete, readSecrets, type KeptSecrets } from "./kept-secrets.ts";
import { makeLive, type LiveExecution } from "./live-execution.ts";

/** Makes an execution in memory from what the database holds of it. */
export function restoreExecution(
  engine: EngineState,
  loaded: LoadedExecution,
  { drives, mayHaveSecrets }: { drives: boolean; mayHaveSecrets: boolean },
): LiveExecution {
  const { record, machine } = loaded.execution;
  const kept = keptOf(engine, record, { drives, mayHaveSecrets });
  const blueprint = blueprintOf(engine, loaded.snapshot, kept);
  const parts = loaded.steps.map(({ record: step, machine: stored }): StepParts => ({
    record: step,
    actor: restoreStepActor(step.type, stored),
  }));
  const clear = clearFacts(record, kept);
  const actor = restoreActor("execution", machine);
  const how = { send: sendToStarted, drives, clear };
  const state = makeExecution(blueprint, beginningNow(engine, record), actor, parts, how);
  if (!drives) state.record = record;
  const execution = makeLive(state, {
    options: clear.options,
    snapshot: loaded.snapshot,
    offsets: loaded.offsets,
    storedLog: (step) => (mayLog(step) ? logFacts(engine.store, step.run_id, step.stage_id) : null),
  });
  resumeCounting(engine, execution, storedClock(machine));
  return execution;
}

/** One that was only stored begins when it is taken over; its expressions see that as run.started_at. */
function beginningNow({ alarm }: EngineState, record: ExecutionRecord): ExecutionRecord {
  return record.status === "pending" ? { ...record, started_at: isoTime(alarm.now()) } : record;
}

/** Only an attempt that runs, or is followed by another, writes to the log once more. */
function mayLog({ status }: StepRecord): boolean {
  return status === "running" || status === "retry_wait";
}

/** The record's parameters and options in clear. */
function clearFacts({ parameters, options }: ExecutionRecord, kept: KeptSecrets | null): ClearFacts {
  return {
    parameters: { ...parameters, ...kept?.parameters },
    options: kept?.options ?? options,
    named: kept?.masks ?? [],
  };
}

function blueprintOf(
  engine: EngineState,
  { hash, definition, agents, modules }: LoadedExecution["snapshot"],
  kept: KeptSecrets | null,
): Blueprint {
  if (kept?.snapshot) {
    const clear = makeBlueprint(kept.snapshot.definition, kept.snapshot.agents, kept.snapshot.modules);
    return engine.blueprints.get(clear.hash)?.blueprint ?? clear;
  }
  const known = engine.blueprints.get(hash)?.blueprint ?? makeBlueprint(definition, agents, modules);
  return known.hash === hash ? known : { ...known, hash };
}

/** Throws for an execution that cannot go on because its secrets are gone. One that is only to be ended needs none. */
function keptOf(
  engine: EngineState,
  record: ExecutionRecord,
  { drives, mayHaveSecrets }: { drives: boolean; mayHaveSecrets: boolean },
): KeptSecrets | null {
  const kept = mayHaveSecrets ? readSecrets(engine.secretsDir, record.run_id) : null;
  const apart = record.options.kept_apart;
  if (!apart || isComplete(kept, apart) || !drives || hasEnded(record.status)) return kept;
  const file = join(engine.secretsDir, record.run_id);
  throw new AppError(
    "unavailable",
    `execution "${record.run_id}" cannot go on: "${file}", which contained its secrets, is missing or damaged. ` +
      `cancel it with "skillmeat workflow cancel ${record.run_id}" and start it again`,
  );
}

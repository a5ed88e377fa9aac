import type { LoadedExecution } from "../store/executions.ts";
import { logFacts } from "../store/logs.ts";
import { restore } from "./actor.ts";
import { makeBlueprint } from "./blueprint.ts";
import type { EngineState } from "./engine-state.ts";
import type { LiveExecution } from "./live-execution.ts";
import { makeExecution, type StepParts } from "./make-execution.ts";

/** An execution as the database has it, in memory again. */
export function liveAgain(engine: EngineState, loaded: LoadedExecution, drives: boolean): LiveExecution {
  const { definition, agents, modules, hash } = loaded.snapshot;
  const blueprint = engine.blueprints.get(hash)?.blueprint ?? makeBlueprint(definition, agents, modules);
  const { record, machine } = loaded.execution;
  const parts = loaded.steps.map(({ record: step, machine: stored }): StepParts => ({
    record: step,
    actor: step.type === "gate" ? restore("gate", stored) : restore("stage", stored),
    logBytes: step.status === "pending" ? 0 : logFacts(engine.store, record.run_id, step.stage_id).bytes,
    offsets: loaded.offsets.get(step.stage_id) ?? { stdout: 0, stderr: 0 },
  }));
  const { mostLogBytes } = engine;
  return makeExecution({ ...blueprint, hash }, record, restore("execution", machine), parts, {
    drives,
    mostLogBytes,
  });
}

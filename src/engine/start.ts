import { AppError } from "../errors.ts";
import { ExpressionError } from "../expression/expression-error.ts";
import { executionMasks } from "../execution/execution-masks.ts";
import type { ExecutionRecord } from "../execution/record.ts";
import { newActor } from "../machine/actor.ts";
import { freshParts, makeExecution, type StepParts } from "../machine/make-execution.ts";
import { newRecord } from "../machine/new-record.ts";
import { begin } from "../machine/orchestration.ts";
import { sendToStarted } from "../machine/started-actor.ts";
import { holdExecution } from "./hold-execution.ts";
import { makeBlueprint, type Blueprint } from "../machine/blueprint.ts";
import { withProviderVariables } from "./dispatcher-name.ts";
import type { StartRequest } from "./engine.ts";
import { isoTime } from "../machine/moment.ts";
import type { EngineState } from "./engine-state.ts";
import { planFlush } from "./flush-plan.ts";
import { keepSecrets } from "./kept-secrets.ts";
import { makeLive, type LiveExecution } from "./live-execution.ts";
import { momentOf } from "./moment-of.ts";
import { seal } from "./seal.ts";

/** Begins a new execution in memory; the promise resolves with its id once that is on disk. */
export function startExecution(engine: EngineState, request: StartRequest): Promise<string> {
  const { definition, agents, modules } = request;
  const blueprint = knownBlueprint(engine, makeBlueprint(definition, agents, modules));
  const runId = request.run_id ?? engine.newId();
  const parts = blueprint.stages.map((plan) => freshParts(runId, plan, blueprint.agents));
  const record = newRecord({ runId, at: isoTime(engine.alarm.now()) }, blueprint, request);
  return startFrom(engine, blueprint, record, { parts, file: request.definition_file ?? null });
}

/**
 * Begins an execution some of whose steps may be settled. `record` holds its secrets in clear; `file` is where its
 * definition came from.
 */
export function startFrom(
  engine: EngineState,
  blueprint: Blueprint,
  record: ExecutionRecord,
  { parts, file }: { parts: readonly StepParts[]; file: string | null },
): Promise<string> {
  const moment = momentOf(engine);
  const options = withProviderVariables(engine, blueprint, record.options);
  // Expressions see as run.started_at the time of the event that starts the execution.
  const begun = { ...record, options, started_at: moment.at };
  const execution = makeNewExecution(engine, blueprint, begun, parts);
  const sealed = seal(execution.record, blueprint, { masks: execution.masks, file });
  execution.record = sealed.record;
  execution.snapshot = sealed.snapshot;
  if (sealed.kept) keepSecrets(engine.secretsDir, execution.runId, sealed.kept);
  holdExecution(engine, execution);
  engine.created.add(execution);
  if (engine.drives) begin(execution, moment);
  else {
    execution.record = { ...execution.record, started_at: null };
    execution.changes.release = true;
  }
  return new Promise((resolve, fail) => {
    execution.changes.waiting.push({ done: () => resolve(execution.runId), fail });
    planFlush(engine, execution);
  });
}

/** Executions of the same snapshot share one blueprint in memory. */
export function knownBlueprint(engine: EngineState, blueprint: Blueprint): Blueprint {
  return engine.blueprints.get(blueprint.hash)?.blueprint ?? blueprint;
}

function makeNewExecution(
  engine: EngineState,
  blueprint: Blueprint,
  record: ExecutionRecord,
  parts: readonly StepParts[],
): LiveExecution {
  try {
    const { drives } = engine;
    const clear = { ...record, named: [] };
    const state = makeExecution(blueprint, record, newActor("execution"), parts, {
      send: sendToStarted,
      drives,
      clear,
    });
    return makeLive(state, { options: record.options, snapshot: blueprint });
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error;
    const masks = executionMasks(blueprint.definition, { ...record, env: blueprint.definition.config.env });
    throw new AppError("invalid_definition", `config.env cannot be evaluated: ${masks.hide(error.message)}`);
  }
}

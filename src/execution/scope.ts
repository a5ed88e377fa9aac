import type { Value, ValueObject } from "../expression/value.ts";
import type { EffectiveDefinition, EffectiveStage } from "../workflow/effective.ts";
import type { ExecutionRecord, StepRecord } from "./record.ts";

/** What expressions of one execution see. `stages` grows as steps settle; the rest stays as it is. */
export interface ExecutionScope {
  readonly values: ValueObject;
  /** Adds the outputs of a step that has changed. */
  update(step: StepRecord): void;
  /** The values as they will be when a stage has completed with these outputs. */
  completedWith(stageId: string, outputs: ValueObject): ValueObject;
}

/** `env` holds the evaluated variables of the workflow; `modules` the texts of context modules by name. */
export function openScope(
  definition: EffectiveDefinition,
  record: Pick<ExecutionRecord, "run_id" | "parameters" | "trigger" | "started_at">,
  { env, modules }: { env: ValueObject; modules: ValueObject },
): ExecutionScope {
  const stages = emptyObject();
  const { ui: _, ...workflow } = definition.workflow;
  const values: ValueObject = Object.assign(emptyObject(), {
    parameters: record.parameters,
    stages,
    context: modules,
    env,
    run: { id: record.run_id, started_at: record.started_at, trigger: record.trigger },
    workflow,
  });
  return {
    values,
    update: (step) => {
      stages[step.stage_id] = {
        status: step.status,
        outputs: step.outputs ?? {},
        error: errorOf(step),
        handoff_summary: step.handoff_summary,
        workspace: step.workspace && { ...step.workspace },
      };
    },
    completedWith: (stageId, outputs) => {
      const completed = { status: "completed", outputs, error: null, handoff_summary: null, workspace: null };
      const ahead = Object.assign(emptyObject(), stages, { [stageId]: completed });
      return Object.assign(emptyObject(), values, { stages: ahead });
    },
  };
}

function errorOf({ error_class, error_message, attempt_number }: StepRecord): ValueObject | null {
  if (error_class === null) return null;
  return { class: error_class, message: error_message, attempts: attempt_number };
}

/** What the stages after a skipped or failed one see of its outputs: the declared defaults, else null. */
export function absentOutputs(stage: EffectiveStage): ValueObject {
  const outputs = emptyObject();
  for (const [name, { default: preset }] of Object.entries(stage.outputs)) outputs[name] = preset ?? null;
  return outputs;
}

function emptyObject(): Record<string, Value> {
  return Object.create(null) as Record<string, Value>;
}

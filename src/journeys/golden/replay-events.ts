import { applyToExecution, applyToStep, endStep } from "../../execution/apply-event.ts";
import type { ExecutionEvent, StoredEvent } from "../../execution/event.ts";
import type { ExecutionRecord, StepRecord } from "../../execution/record.ts";

/** An execution with its steps in the order of their positions. */
export interface Records {
  execution: ExecutionRecord;
  steps: StepRecord[];
}

/** The records that the events make of an execution's first ones, each applied in turn; log lines change nothing. */
export function replayEvents({ execution, steps }: Records, events: readonly StoredEvent[]): Records {
  let record = execution;
  const byStage = new Map(steps.map((step) => [step.stage_id, step]));
  for (const event of events) {
    if (event.type === "log_line") continue;
    record = applyToExecution(record, event as ExecutionEvent, event.at);
    if (event.type === "execution_completed") {
      for (const [id, step] of byStage) byStage.set(id, endStep(step, event.at));
    }
    const step = byStage.get(event.stage_id ?? "");
    if (step && event.stage_id !== null) byStage.set(step.stage_id, applyToStep(step, event, event.at));
  }
  return { execution: record, steps: [...byStage.values()] };
}

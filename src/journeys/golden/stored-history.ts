import { freshStep } from "../../machine/fresh-step.ts";
import { makeBlueprint } from "../../machine/blueprint.ts";
import type { StoredEvent } from "../../execution/event.ts";
import { listExecutions } from "../../store/list-executions.ts";
import { getExecution, getSnapshot, getSteps } from "../../store/executions.ts";
import type { Store } from "../../store/database.ts";
import { eventsAfter } from "../../store/feed.ts";
import type { Records } from "./replay-events.ts";

/** What a database knows of one execution: how it began, what happened, and what is stored in the end. */
export interface History {
  name: string;
  first: Records;
  events: StoredEvent[];
  last: Records;
}

/** Every execution of a database, by the workflow's name. */
export function storedHistories(store: Store): History[] {
  const { items } = listExecutions(store, { limit: 100 });
  return items
    .map(({ run_id }) => storedHistory(store, run_id))
    .toSorted((a, b) => a.name.localeCompare(b.name));
}

function storedHistory(store: Store, runId: string): History {
  const execution = getExecution(store, runId);
  const { definition, agents, modules } = getSnapshot(store, execution);
  const blueprint = makeBlueprint(definition, agents, modules);
  const first = {
    // What no event tells is the same from the beginning.
    execution: {
      ...execution,
      status: "pending" as const,
      had_failures: false,
      progress_done: 0,
      waiting_gates: [],
      started_at: null,
      completed_at: null,
      error_message: null,
      usage: null,
    },
    steps: blueprint.stages.map((plan) => freshStep(runId, plan, blueprint.agents)),
  };
  const events = eventsAfter(store, runId, 0, execution.last_event);
  return {
    name: execution.workflow_slug,
    first,
    events,
    last: { execution, steps: getSteps(store, runId) },
  };
}

import { tmpdir } from "node:os";
import { join } from "node:path";
import { createEngine, type EngineOptions } from "../engine/create-engine.ts";
import type { Engine, StartRequest } from "../engine/engine.ts";
import type { StoredEvent } from "../execution/event.ts";
import type { StepRecord } from "../execution/record.ts";
import type { ExecutionView } from "../execution/view.ts";
import { executionView } from "../execution/view.ts";
import type { ValueObject } from "../expression/value.ts";
import type { Store } from "../store/database.ts";
import { getExecution, getSteps } from "../store/executions.ts";
import { eventsAfter } from "../store/feed.ts";
import { checkWorkflow } from "../workflow/validate.ts";
import { fakeAgents, type Answer, type FakeAgents } from "./fake-agents.ts";
import { fakeClock, type FakeClock } from "./fake-clock.ts";
import { openTestStore } from "./open-test-store.ts";

export interface TestEngine {
  engine: Engine;
  store: Store;
  clock: FakeClock;
  agents: FakeAgents;
  /** Starts a workflow and returns the execution's id. */
  start(text: string, parameters?: ValueObject): Promise<string>;
  /** Starts a workflow and waits for its end. */
  run(text: string, parameters?: ValueObject): Promise<ExecutionView>;
  /** The execution as it is stored. */
  view(runId: string): ExecutionView;
  /** Every step as `stage: status`. */
  statuses(runId: string): Record<string, StepRecord["status"]>;
  feed(runId: string): StoredEvent[];
  /** Waits until the stored execution passes the check, which runs after each commit. */
  until(holds: () => boolean): Promise<void>;
}

let made = 0;

/** An engine whose clock stands still and whose agents do what the test says. */
export async function anEngine(
  answer?: Answer,
  given: Partial<EngineOptions> & { clock?: FakeClock; livedMs?: () => number | null } = {},
): Promise<TestEngine> {
  const store = given.store ?? openTestStore();
  const clock = given.clock ?? fakeClock();
  const agents = fakeAgents(answer, given.livedMs);
  const engine = await createEngine({
    home: join(tmpdir(), `skillmeat-engine-${process.pid}-${++made}`),
    kind: "run",
    alarm: clock,
    dispatchers: agents.dispatchers,
    ...given,
    store,
  });
  const view = (runId: string): ExecutionView =>
    executionView(getExecution(store, runId), getSteps(store, runId), null);
  const start = (text: string, parameters: ValueObject = {}): Promise<string> =>
    engine.start({ ...aStart(text), parameters });
  return {
    engine,
    store,
    clock,
    agents,
    start,
    run: async (text, parameters) => {
      const runId = await start(text, parameters);
      await engine.ended(runId);
      return view(runId);
    },
    view,
    statuses: (runId) =>
      Object.fromEntries(getSteps(store, runId).map(({ stage_id, status }) => [stage_id, status])),
    feed: (runId) => eventsAfter(store, runId, 0, 100_000),
    until: (holds) => untilCommitted(engine, holds),
  };
}

/** Makes the request to start this definition. Throws when the definition is invalid. */
export function aStart(text: string): StartRequest {
  const { definition, validation } = checkWorkflow(text, { file: "WORKFLOW.yaml" });
  if (!definition) throw new Error(validation.errors.map(({ message }) => message).join("\n"));
  return {
    definition,
    definition_hash: "d".repeat(64),
    workflow_id: null,
    parameters: {},
    overrides: null,
    trigger: "manual",
    agents: {},
    modules: {},
    options: {
      workdir: "/tmp",
      dispatcher: "fake",
      script: null,
      sim_delay_ms: 0,
      env: {},
      context_modules: [],
    },
  };
}

function untilCommitted(engine: Engine, holds: () => boolean): Promise<void> {
  return new Promise((resolve) => {
    if (holds()) return resolve();
    const stop = engine.subscribe(() => {
      if (!holds()) return;
      stop();
      resolve();
    });
  });
}

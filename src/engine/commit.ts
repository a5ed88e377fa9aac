import type { LogLine, StoredEvent } from "../execution/event.ts";
import { hasEnded as isOver } from "../execution/status.ts";
import { storeFailure } from "../store/store-failure.ts";
import {
  commitTransitions,
  type ExecutionUpdate,
  type NewExecution,
  type TransitionBatch,
} from "../store/transitions.ts";
import { persist } from "./actor.ts";
import { isoTime, type EngineState } from "./engine-state.ts";
import { lifecycleEntry } from "./lifecycle.ts";
import { hasChanges, noChanges, type Changes, type LiveExecution } from "./live-execution.ts";

/** What one commit takes of one execution, and what follows once it is on disk. */
export interface Written {
  execution: LiveExecution;
  changes: Changes;
  /** Events and log lines, numbered. */
  feed: StoredEvent[];
  hasEnded: boolean;
}

const mostBusyTries = 12;

/**
 * Writes the changes of every dirty execution in one commit; null when the database failed for good. An execution whose
 * lease was lost is named in `lost`, nothing of it is written.
 */
export function commitDirty(engine: EngineState): { written: Written[]; lost: LiveExecution[] } | null {
  const batch: TransitionBatch = { holder_id: engine.holderId, created: [], updated: [] };
  const written: Written[] = [];
  const at = isoTime(engine.alarm.now());
  for (const execution of engine.dirty) {
    if (!hasChanges(execution.changes) && !engine.created.has(execution)) continue;
    const taken = takeChanges(execution, at);
    written.push(taken);
    if (engine.created.has(execution)) batch.created.push(newExecution(taken));
    else batch.updated.push(update(taken));
  }
  engine.dirty.clear();
  engine.created.clear();
  if (written.length === 0) return { written, lost: [] };
  const outcome = commit(engine, batch);
  if (outcome === null) return null;
  if (outcome.lost.length === 0) return { written, lost: [] };
  const isLost = ({ execution }: Written): boolean => outcome.lost.includes(execution.runId);
  return {
    written: written.filter((each) => !isLost(each)),
    lost: written.filter(isLost).map(({ execution }) => execution),
  };
}

/** Tells those who follow, in the order of the feed. */
export function announce(engine: EngineState, written: readonly Written[]): void {
  for (const { execution, feed } of written) {
    if (feed.length === 0) continue;
    for (const listener of engine.listeners) listener(feed);
    for (const event of feed) {
      const entry = lifecycleEntry(event, execution.record);
      if (entry) engine.log(entry);
    }
  }
}

function commit(engine: EngineState, batch: TransitionBatch): { lost: string[] } | null {
  for (let tries = 1; ; tries++) {
    try {
      return commitTransitions(engine.store, batch);
    } catch (error) {
      // Each try has waited for the lock as long as the database's own timeout is.
      if (storeFailure(error) === "busy" && tries < mostBusyTries) continue;
      engine.fail(error);
      return null;
    }
  }
}

function takeChanges(execution: LiveExecution, at: string): Written {
  const { changes, record } = execution;
  execution.changes = noChanges();
  let seq = record.last_event;
  const feed = changes.feed.map((item): StoredEvent => {
    seq++;
    if (item.kind === "event") {
      const { event } = item;
      const [stage_id, attempt] = "stage_id" in event ? [event.stage_id, event.attempt] : [null, null];
      return {
        seq,
        run_id: execution.runId,
        type: event.type,
        stage_id,
        attempt,
        at: item.at,
        data: event.data,
      };
    }
    const { stage_id, attempt, stream, text } = item;
    return {
      seq,
      run_id: execution.runId,
      type: "log_line",
      stage_id,
      attempt,
      at: item.at,
      data: { stream, text },
    };
  });
  execution.record = { ...record, last_event: seq, updated_at: at };
  return { execution, changes, feed, hasEnded: isOver(record.status) };
}

function newExecution({ execution, changes, feed }: Written): NewExecution {
  const { hash, definition, agents, modules } = execution.blueprint;
  return {
    execution: { record: execution.record, machine: persist(execution.actor) },
    steps: execution.steps.map(({ record, actor }) => ({ record, machine: persist(actor) })),
    snapshot: { hash, definition, agents, modules },
    events: feed.filter(isEvent),
    held: !changes.release,
  };
}

function update({ execution, changes, feed, hasEnded }: Written): ExecutionUpdate {
  return {
    execution: { record: execution.record, machine: persist(execution.actor) },
    steps: [...changes.steps].map(({ record, actor }) => ({ record, machine: persist(actor) })),
    events: feed.filter(isEvent),
    logs: feed.filter((event) => !isEvent(event)).map(logLine),
    cuts: changes.cuts,
    offsets: [...changes.offsets].map(([{ record }, offsets]) => ({ stage_id: record.stage_id, ...offsets })),
    answers: changes.answers,
    release: hasEnded || changes.release,
  };
}

function isEvent({ type }: StoredEvent): boolean {
  return type !== "log_line";
}

function logLine({ seq, run_id, stage_id, attempt, at, data }: StoredEvent): LogLine {
  const { stream, text } = data as Pick<LogLine, "stream" | "text">;
  return { seq, run_id, stage_id: stage_id ?? "", attempt: attempt ?? 1, at, stream, text };
}

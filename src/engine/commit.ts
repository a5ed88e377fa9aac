import type { StoredEvent } from "../execution/event.ts";
import { logLine, storedEvent } from "../execution/stored-event.ts";
import { hasEnded as isOver } from "../execution/status.ts";
import { isRefusal, storeFailure } from "../store/store-failure.ts";
import {
  commitTransitions,
  type ExecutionUpdate,
  type NewExecution,
  type TransitionSet,
} from "../store/transitions.ts";
import { storedActor } from "../machine/stored-actor.ts";
import { lostError } from "./hold-execution.ts";
import type { PendingCommit, ExecutionWrite } from "./pending-commit.ts";
import { logProblem } from "./clean-up.ts";
import { clockOf } from "./durations.ts";
import { isoTime } from "../machine/moment.ts";
import type { EngineState, Hindrance } from "./engine-state.ts";
import { lifecycleEntry } from "../execution/lifecycle.ts";
import { hasChanges, noChanges, type Changes, type LiveExecution } from "./live-execution.ts";

export interface CommitResult {
  written: ExecutionWrite[];
  /** Executions whose lease was lost, or whose rows the database refuses: nothing of them is written. */
  refused: { written: ExecutionWrite; error: unknown }[];
}

/** Takes the unwritten changes of every dirty execution. */
export function takePendingCommit(engine: EngineState): PendingCommit {
  const transitions: TransitionSet = { holder_id: engine.holderId, created: [], updated: [] };
  const written: ExecutionWrite[] = [];
  const at = isoTime(engine.alarm.now());
  for (const execution of engine.dirty) {
    const isNew = engine.created.has(execution);
    if (!isNew && !hasChanges(execution.changes)) continue;
    const taken = takeChanges(execution, at);
    written.push(taken);
    const machine = storedActor(execution.actor, clockOf(engine, execution));
    if (isNew) transitions.created.push(newExecution(taken, machine));
    else transitions.updated.push(update(taken, machine));
  }
  engine.dirty.clear();
  engine.created.clear();
  return { transitions, written, hinderedSinceMs: null };
}

/** Writes a pending commit. `failed`: the database has failed for good, and with it the engine. */
export function writePendingCommit(
  engine: EngineState,
  pending: PendingCommit,
): CommitResult | Hindrance | "failed" {
  try {
    const { lost } = commitTransitions(engine.store, pending.transitions);
    const isLost = ({ execution }: ExecutionWrite): boolean => lost.includes(execution.runId);
    if (lost.length === 0) return { written: pending.written, refused: [] };
    return {
      written: pending.written.filter((each) => !isLost(each)),
      refused: pending.written
        .filter(isLost)
        .map((written) => ({ written, error: lostError(written.execution) })),
    };
  } catch (error) {
    const failure = storeFailure(error);
    if (failure === "busy") return "locked";
    if (failure === "full") return "full";
    if (failure === null && pending.written.length > 1) return commitOneByOne(engine, pending);
    if (failure === null && isRefusal(error)) {
      return { written: [], refused: pending.written.map((written) => ({ written, error })) };
    }
    engine.fail(error);
    return "failed";
  }
}

/** A row that the database refuses must not keep the other executions from being written. */
function commitOneByOne(engine: EngineState, pending: PendingCommit): CommitResult | Hindrance | "failed" {
  const { holder_id, created, updated } = pending.transitions;
  const result: CommitResult = { written: [], refused: [] };
  for (const written of pending.written) {
    const isOurs = (each: NewExecution | ExecutionUpdate): boolean =>
      each.execution.record.run_id === written.execution.runId;
    const transitions = { holder_id, created: created.filter(isOurs), updated: updated.filter(isOurs) };
    const one = writePendingCommit(engine, { transitions, written: [written], hinderedSinceMs: null });
    if (one === "failed") return one;
    // The transitions before it are on disk already: trying all of them again would write those twice.
    if (one === "locked" || one === "full")
      result.refused.push({ written, error: lostError(written.execution) });
    else {
      result.written.push(...one.written);
      result.refused.push(...one.refused);
    }
  }
  return result;
}

/** Calls the listeners in the order of the feed. A listener that throws does not affect the others. */
export function announce(engine: EngineState, written: readonly ExecutionWrite[]): void {
  for (const { execution, feed } of written) {
    if (feed.length === 0) continue;
    for (const listener of engine.listeners) {
      try {
        listener(feed);
      } catch (error) {
        logProblem(engine, execution.runId, "listener_failed", error);
      }
    }
    for (const event of feed) {
      const entry = lifecycleEntry(event, execution.record);
      if (entry) engine.log(entry);
    }
  }
}

function takeChanges(execution: LiveExecution, at: string): ExecutionWrite {
  const { changes, record } = execution;
  execution.changes = noChanges();
  beginLogs(execution, changes);
  let seq = record.last_event;
  const run_id = execution.runId;
  const feed = changes.feed.map((item): StoredEvent => {
    seq++;
    const { at } = item;
    if (item.kind === "event") {
      const { stage_id, attempt } = { stage_id: null, attempt: null, ...item.event };
      return storedEvent({
        seq,
        run_id,
        type: item.event.type,
        stage_id,
        attempt,
        at,
        data: item.event.data,
      });
    }
    const { stage_id, attempt, stream, text } = item;
    return storedEvent({ seq, run_id, type: "log_line", stage_id, attempt, at, data: { stream, text } });
  });
  execution.record = { ...record, last_event: seq, updated_at: at };
  return { execution, changes, feed, hasEnded: isOver(record.status) };
}

/** The files of an attempt that begins are read from their start. */
function beginLogs({ byId }: LiveExecution, changes: Changes): void {
  for (const effect of changes.effects) {
    const step = effect.kind === "dispatch" && !effect.recovered ? byId.get(effect.stage_id) : undefined;
    if (!step) continue;
    step.offsets = { stdout: 0, stderr: 0 };
    changes.offsets.set(step, step.offsets);
  }
}

function newExecution({ execution, changes, feed }: ExecutionWrite, machine: string): NewExecution {
  const { hash, definition, agents, modules } = execution.snapshot;
  return {
    execution: { record: execution.record, machine },
    steps: execution.steps.map(({ record, actor }) => ({ record, machine: storedActor(actor) })),
    snapshot: { hash, definition, agents, modules },
    events: feed.filter(isEvent),
    held: !changes.release,
  };
}

function update({ execution, changes, feed, hasEnded }: ExecutionWrite, machine: string): ExecutionUpdate {
  return {
    execution: { record: execution.record, machine },
    steps: [...changes.steps].map(({ record, actor }) => ({ record, machine: storedActor(actor) })),
    events: feed.filter(isEvent),
    logs: feed.flatMap((event) => (event.type === "log_line" ? [logLine(event)] : [])),
    cuts: changes.cuts,
    offsets: [...changes.offsets].map(([{ record }, offsets]) => ({ stage_id: record.stage_id, ...offsets })),
    answers: changes.answers,
    release: hasEnded || changes.release,
  };
}

function isEvent({ type }: StoredEvent): boolean {
  return type !== "log_line";
}

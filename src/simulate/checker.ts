import { AppError } from "../errors.ts";
import type { StoredEvent } from "../execution/event.ts";
import type { SignalAnswer } from "../execution/signal.ts";
import { storeFailure } from "../store/store-failure.ts";
import { checkRecords } from "./check-record.ts";
import { workflowOf } from "./workflow-definition.ts";
import { ProcessDied } from "./simulated-disk.ts";
import type { SimulatedProcess } from "./simulated-process.ts";
import {
  wasClockSet,
  type Agent,
  type AskedAttempt,
  type Call,
  type KnownRun,
  type LogEntry,
  type World,
} from "./world.ts";

/** Holds everything that is seen of a history against the invariants, at the moment at which it is seen. */
export interface Checker {
  /** An engine asks for an attempt to be done. */
  seeDispatch(process: SimulatedProcess, attempt: AskedAttempt): void;
  seeReadopt(process: SimulatedProcess, attempt: AskedAttempt): void;
  seeAgentBegin(agent: Agent): void;
  /** `agent`: the one whose traces are cleared away, if there was any. */
  seeSweep(process: SimulatedProcess, attemptId: string, agent: Agent | null): void;
  seeLog(process: SimulatedProcess, entry: LogEntry): void;
  seeAnnouncement(process: SimulatedProcess, events: readonly StoredEvent[]): void;
  /** An execution is about to be asked to go on, by a signal. */
  seeResume(runId: string): void;
  seeStart(run: KnownRun): void;
  seeAnswer(call: Call, answer: SignalAnswer): void;
  seeRefusal(call: Call, error: unknown): void;
  seeEngineFail(error: unknown): void;
  /** Checks all that is stored. `isOver`: the history has come to its end. */
  checkAll(isOver: boolean): void;
}

export function openChecker(world: World): Checker {
  return {
    seeDispatch: (process, attempt) => seeDispatch(world, process, attempt),
    seeReadopt: (process, { attempt_id }) => void process.adopted.add(attempt_id),
    seeAgentBegin: (agent) => seeAgentBegin(world, agent),
    seeSweep: (process, attemptId, agent) => seeSweep(world, process, attemptId, agent),
    seeLog: (process, entry) => seeLog(world, process, entry),
    seeAnnouncement: (_process, events) => seeAnnouncement(world, events),
    seeResume: (runId) => {
      const open = world.history.pauses.find(({ run_id, until }) => run_id === runId && until === null);
      if (open) open.until = lastEventOf(world, runId);
    },
    seeStart: (run) => seeStart(world, run),
    seeAnswer: (call, answer) => seeAnswer(world, call, answer),
    seeRefusal: (call, error) => seeRefusal(world, call, error),
    seeEngineFail: (error) => {
      if (world.scenario.faults.some((fault) => fault.kind === "failure" && fault.code === "IOERR")) return;
      world.violate("no_surprise", `an engine failed for good: ${String(error)}`);
    },
    checkAll: (isOver) => checkRecords(world, isOver),
  };
}

function seeDispatch(world: World, process: SimulatedProcess, attempt: AskedAttempt): void {
  if (attempt.attempt_id.endsWith("/summary")) return;
  const { run_id, stage_id } = attempt;
  world.history.asked.set(attempt.attempt_id, world.time.nowMs());
  const stored = world.disk.store
    .prepare<{ status: string; attempt_number: number }, [string, string]>(selectStep)
    .get(run_id, stage_id);
  if (stored?.status !== "running" || stored.attempt_number !== attempt.attempt) {
    const found = stored ? `${stored.status}, attempt ${stored.attempt_number}` : "nothing";
    world.violate("acts_after_commit", `${attempt.attempt_id} is dispatched, and stored is: ${found}`);
  }
  const workflow = world.scenario.workflows[workflowOf(attempt.agent_ref)];
  const ofRun = countOf(world, selectRunning, run_id);
  if (workflow && ofRun > workflow.max_parallel) {
    world.violate("limits_hold", `${run_id} runs ${ofRun} steps at once, ${workflow.max_parallel} at most`);
  }
  // What it has taken over from others runs already, or begins again, however much that is.
  if (!process.adopted.has(attempt.attempt_id)) process.begun.add(attempt.attempt_id);
  const rows = world.disk.store.prepare<{ attempt_id: string }, [number]>(selectRunningOf).all(process.pid);
  const count = rows.filter(({ attempt_id }) => process.begun.has(attempt_id)).length;
  if (count > process.maxSteps) {
    world.violate("limits_hold", `process ${process.pid} runs ${count} steps, ${process.maxSteps} at most`);
  }
  checkWait(world, attempt);
}

/** A next try begins no sooner than its wait allows. A clock that was set counts over a restart. */
function checkWait(world: World, { run_id, stage_id, attempt, attempt_id }: AskedAttempt): void {
  const { agents } = world.history;
  const before = agents.findLast(
    (agent) => agent.run_id === run_id && agent.stage_id === stage_id && agent.attempt === attempt - 1,
  );
  if (!before || before.takenAtMs === null || agents.some((agent) => agent.attempt_id === attempt_id)) return;
  if (wasClockSet(world)) return;
  const leastMs = 0.9 * before.stage.retry.wait_ms * 2 ** (attempt - 2) - 1;
  const waitedMs = world.time.nowMs() - before.takenAtMs;
  if (waitedMs >= leastMs) return;
  world.violate("deadline_is_kept", `${attempt_id} began after ${waitedMs} ms, it was to wait ${leastMs}`);
}

function seeAgentBegin(world: World, agent: Agent): void {
  const other = world.history.agents.find(
    ({ run_id, stage_id, phase }) =>
      phase === "runs" && run_id === agent.run_id && stage_id === agent.stage_id,
  );
  if (!other) return;
  world.violate(
    "one_live_attempt",
    `${agent.attempt_id} begins while ${other.attempt_id}#${other.life} runs`,
  );
}

function seeSweep(world: World, process: SimulatedProcess, attemptId: string, agent: Agent | null): void {
  if (!agent || process.isStopping || attemptId.endsWith("/summary")) return;
  // One that several processes take for theirs may be ended by either.
  const isTaken = world.scenario.faults.some(({ kind }) => kind === "mistake" || kind === "stall");
  const works = !isTaken && (agent.phase === "launched" || agent.phase === "runs");
  if (!works && !agent.result?.ok) return;
  const stored = world.disk.store
    .prepare<{ status: string; attempt_number: number }, [string, string]>(selectStep)
    .get(agent.run_id, agent.stage_id);
  if (stored?.status !== "running" || stored.attempt_number !== agent.attempt) return;
  world.violate("result_is_swept_late", `what ${attemptId} does is cleared away before its result is stored`);
}

/** The engine puts into its log what goes wrong beside the executions. */
function seeLog(
  world: World,
  { isAlive }: SimulatedProcess,
  { event, message, execution_id }: LogEntry,
): void {
  if (!isAlive || !troubles.has(event)) return;
  world.violate("no_surprise", `${event} in ${execution_id}: ${message}`);
}

const troubles: ReadonlySet<string> = new Set([
  "attempt_lost",
  "cleanup_failed",
  "execution_unreadable",
  "hook_failed",
  "listener_failed",
  "signal_damaged",
]);

/** Whether it is stored as it was announced is looked at later; by now it must be stored. */
function seeAnnouncement(world: World, events: readonly StoredEvent[]): void {
  const last = events.at(-1);
  if (!last) return;
  const { run_id, seq } = last;
  if ((lastEventOf(world, run_id) ?? 0) < seq) {
    world.violate("acknowledged_is_kept", `event ${seq} of ${run_id} is announced, and it is not stored`);
  }
  const known = world.history.announced.get(run_id);
  if (known) known.push(...events);
  else world.history.announced.set(run_id, [...events]);
}

function seeStart(world: World, run: KnownRun): void {
  run.state = "acknowledged";
  if (lastEventOf(world, run.run_id) !== null) return;
  world.violate("acknowledged_is_kept", `the start of ${run.run_id} is acknowledged and not stored`);
}

function seeAnswer(world: World, call: Call, { outcome }: SignalAnswer): void {
  const { action, run_id } = call;
  if (outcome !== "applied") return;
  if (action.kind === "approve" || action.kind === "reject") {
    const { stage_id, actor } = action;
    const count = countOf(world, selectDecision, run_id, stage_id, actor);
    if (count === 1) return;
    world.violate("acknowledged_is_kept", `${actor}'s decision on ${stage_id} is stored ${count} times`);
  }
  const { calls, pauses, cancels } = world.history;
  const after = lastEventOf(world, run_id) ?? 0;
  if (action.kind === "cancel") cancels.push({ run_id, after });
  if (action.kind !== "pause") return;
  const askedAt = calls.indexOf(call);
  // A resume that is still open may be applied after the pause. One that was asked for later is applied later, although
  // its answer may be seen first: the answers of one commit are read in any order.
  const mayGoOn = calls.some(
    (other, at) =>
      other.run_id === run_id && other.action.kind === "resume" && (other.outcome === "open" || at > askedAt),
  );
  if (!mayGoOn) pauses.push({ run_id, after, until: null });
}

function seeRefusal(world: World, { action, run_id, process }: Call, error: unknown): void {
  if (!process.isAlive || error instanceof ProcessDied) return;
  const { faults, actions } = world.scenario;
  const isTroubled = faults.some(({ kind }) => ["failure", "stall", "mistake"].includes(kind));
  const isRefused = error instanceof AppError && error.code !== "unavailable";
  const mayStop = actions.some(({ kind }) => kind === "stop");
  const isUnavailable =
    (error instanceof AppError && (isTroubled || mayStop)) || storeFailure(error) !== null;
  if (isRefused || isUnavailable) return;
  world.violate("no_surprise", `${action.kind} of ${run_id} was refused: ${String(error)}`);
}

/** Null: there is no such execution. */
function lastEventOf({ disk }: World, runId: string): number | null {
  return disk.store.prepare<{ last_event: number }, [string]>(selectLast).get(runId)?.last_event ?? null;
}

function countOf({ disk }: World, query: string, ...values: (string | number)[]): number {
  return disk.store.prepare<{ count: number }, (string | number)[]>(query).get(...values)?.count ?? 0;
}

const selectLast = "SELECT last_event FROM workflow_executions WHERE id = ?";
const selectStep =
  "SELECT status, attempt_number FROM execution_steps WHERE execution_id = ? AND stage_id_ref = ?";
const selectRunning =
  "SELECT count(*) AS count FROM execution_steps WHERE execution_id = ? AND status = 'running'";
const selectRunningOf =
  "SELECT s.execution_id || '/' || stage_id_ref || '/' || attempt_number AS attempt_id FROM holders h " +
  "JOIN leases l ON l.holder_id = h.id JOIN execution_steps s ON s.execution_id = l.execution_id " +
  "WHERE h.pid = ? AND s.status = 'running'";
const selectDecision =
  "SELECT count(*) AS count FROM events WHERE execution_id = ? AND stage_id = ? AND type = 'gate_resolved' " +
  "AND json_extract(data_json, '$.actor') = ?";

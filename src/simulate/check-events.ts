import type { StoredEvent } from "../execution/event.ts";
import { isSettled, type StepStatus } from "../execution/status.ts";
import type { InvariantName } from "./invariants.ts";
import { wasClockSet, type StoredRun, type World } from "./world.ts";

/** A step as the events so far have it. */
interface Followed {
  status: StepStatus;
  attempt: number;
  /** Attempts of which a result was accepted. */
  accepted: Set<number>;
  deadlineAt: string | null;
}

interface Data {
  status?: StepStatus;
  recovered?: boolean;
  deadline_at?: string;
  actor?: string;
  error_class?: string;
  error_message?: string;
  outputs?: { given?: string };
}

type Tell = (invariant: InvariantName, what: string) => void;

/** Walks through the stored events of an execution: each is held against those before it. */
export function checkEvents(world: World, run: StoredRun): void {
  const steps = new Map(
    run.loaded.steps.map(({ record }): [string, Followed] => [
      record.stage_id,
      {
        status: record.reused ? record.status : "pending",
        attempt: 0,
        accepted: new Set(),
        deadlineAt: null,
      },
    ]),
  );
  let isPaused = false;
  let hasEnded = false;
  for (const event of run.feed) {
    const tell: Tell = (invariant, what) => {
      world.violate(
        invariant,
        `event ${event.seq} of ${run.runId}, ${event.type} ${event.stage_id ?? ""}: ${what}`,
      );
    };
    if (hasEnded) tell("finished_step_stays", "the execution had ended");
    if (event.type === "execution_paused") isPaused = true;
    if (event.type === "execution_resumed") isPaused = false;
    if (event.type === "execution_completed") hasEnded = true;
    const step = event.stage_id === null || event.type === "log_line" ? undefined : steps.get(event.stage_id);
    // What a result has cost is known only with it.
    if (!step || event.type === "budget_warning") continue;
    if (isSettled(step.status)) tell("finished_step_stays", `the step was ${step.status}`);
    if (event.type === "stage_started") {
      if (isPaused || isWithinPause(world, event)) tell("pause_starts_nothing", "a pause holds");
      checkStart(run, event, step, steps, tell);
    } else {
      checkResult(world, event, step, tell);
      checkTimeout(world, run, event, tell);
    }
    follow(event, step);
  }
}

function isWithinPause(world: World, { run_id, seq, data }: StoredEvent): boolean {
  if ((data as Data).recovered) return false;
  return world.history.pauses.some(
    (pause) => pause.run_id === run_id && seq > pause.after && (pause.until === null || seq <= pause.until),
  );
}

function checkStart(
  { stages }: StoredRun,
  event: StoredEvent,
  step: Followed,
  steps: ReadonlyMap<string, Followed>,
  tell: Tell,
): void {
  const { recovered } = event.data as Data;
  const attempt = event.attempt ?? 0;
  if (step.status === "running" && !recovered) tell("one_live_attempt", `attempt ${step.attempt} runs`);
  if (attempt !== step.attempt + (recovered ? 0 : 1)) {
    tell("attempts_are_counted", `attempt ${attempt} follows ${step.attempt}`);
  }
  const plan = stages.find(({ stage }) => stage.id === event.stage_id);
  const most = plan?.stage.error_policy.retry.max_attempts ?? 1;
  if (attempt > most) tell("attempts_are_counted", `attempt ${attempt} of ${most}`);
  if (step.accepted.has(attempt)) tell("one_result_per_attempt", "it has a result");
  const early = plan?.stage.depends_on.filter((id) => !isSettled(steps.get(id)?.status ?? "pending")) ?? [];
  if (early.length > 0) tell("order_holds", `${early.join(", ")} had not settled`);
}

function checkResult(world: World, event: StoredEvent, step: Followed, tell: Tell): void {
  const { actor, error_class, error_message, outputs } = event.data as Data;
  const { run_id, stage_id, attempt } = event;
  const ofAttempt = world.history.agents.filter(
    (agent) => agent.attempt_id === `${run_id}/${stage_id}/${attempt}`,
  );
  const isLate = world.history.cancels.some((cancel) => cancel.run_id === run_id && event.seq > cancel.after);
  if (isLate && event.type === "stage_completed")
    tell("cancel_ends_it", "a result was taken after the cancel");
  if (error_class === "internal") tell("no_surprise", error_message ?? "");
  if (event.type === "gate_resolved") {
    if (step.accepted.has(0))
      tell(actor === "timeout" ? "deadline_fires_once" : "one_result_per_attempt", "again");
    if (step.status !== "waiting_for_approval") tell("order_holds", `the gate was ${step.status}`);
    if (actor === "timeout" && step.deadlineAt !== null && event.at < step.deadlineAt) {
      tell("deadline_is_kept", `it was to wait until ${step.deadlineAt}`);
    }
  }
  const isResult = event.type === "stage_completed" || event.type === "stage_retrying";
  if (!isResult && event.type !== "stage_failed") return;
  if (step.status === "running" && step.accepted.has(attempt ?? 0)) tell("one_result_per_attempt", "again");
  if (isResult && step.status !== "running") tell("one_result_per_attempt", `the step was ${step.status}`);
  if (
    event.type === "stage_completed" &&
    !ofAttempt.some(({ result }) => result?.outputs?.["given"] === outputs?.given)
  ) {
    tell("result_is_the_agents", `${outputs?.given} was not given by an agent of this attempt`);
  }
}

/** An engine learns a little later that an agent is gone, and its timer may come in between. */
const latestGoneMs = 50;

/**
 * The attempt has had all of its time, from when its agent was asked for until its engine was told of the end. A clock
 * that was set counts over a restart.
 */
function checkTimeout(world: World, { stages }: StoredRun, event: StoredEvent, tell: Tell): void {
  const { status, error_message } = event.data as Data;
  if (status !== "timed_out" || !error_message?.startsWith("took longer") || wasClockSet(world)) return;
  const { time, history } = world;
  const attemptId = `${event.run_id}/${event.stage_id}/${event.attempt}`;
  const askedAtMs = history.asked.get(attemptId);
  // An agent that had ended before is an earlier one. The one that was asked for may never have shown up.
  const agent = history.agents.findLast(
    ({ attempt_id, endedAtMs }) => attempt_id === attemptId && (endedAtMs ?? Infinity) >= (askedAtMs ?? 0),
  );
  const appliedAtMs = Date.parse(event.at) - time.wallMs() + time.nowMs();
  const goneAtMs = (agent?.endedAtMs ?? Infinity) + (agent?.plan.told_ms ?? 0) + latestGoneMs;
  const overAtMs = Math.min(appliedAtMs, agent?.takenAtMs ?? goneAtMs);
  const lastedMs = overAtMs - (askedAtMs ?? overAtMs);
  const timeoutMs = stages.find(({ stage }) => stage.id === event.stage_id)?.timeoutMs ?? 0;
  if (lastedMs < timeoutMs) tell("deadline_is_kept", `it was over after ${lastedMs} of ${timeoutMs} ms`);
}

function follow(event: StoredEvent, step: Followed): void {
  const { status, deadline_at, error_class } = event.data as Data;
  switch (event.type) {
    case "stage_started":
      step.status = "running";
      step.attempt = event.attempt ?? 0;
      return;
    case "stage_completed":
      step.status = "completed";
      step.accepted.add(event.attempt ?? 0);
      return;
    case "stage_retrying":
      step.status = "retry_wait";
      // An attempt that a budget has interrupted goes on.
      if (error_class !== "budget") step.accepted.add(event.attempt ?? 0);
      return;
    case "stage_failed":
    case "gate_resolved":
      step.status = status ?? "failed";
      step.accepted.add(event.attempt ?? 0);
      return;
    case "stage_skipped":
      step.status = "skipped";
      return;
    case "gate_waiting":
      step.status = "waiting_for_approval";
      step.deadlineAt = deadline_at ?? null;
      return;
    default:
  }
}

import { existsSync } from "node:fs";
import { adopt, endOf } from "./process/adopt-agent.ts";
import { commandOf, programName } from "./agent-command.ts";
import { removeAttemptFolder } from "./process/attempt-folder.ts";
import { openLogs, type AttemptLogs } from "./process/attempt-logs.ts";
import type {
  AttemptPlace,
  DispatchControl,
  StageDispatcher,
  StageError,
  StageRequest,
  StageResult,
} from "./dispatcher.ts";
import { nextTurn } from "../next-turn.ts";
import { openIdleWatch } from "./process/idle-watch.ts";
import { outcomeOf, leftOfStopped } from "./outcome.ts";
import { isSurelyAlone, livedMs } from "./process/processes.ts";
import { shellLaunch, type Launch } from "./process/launcher.ts";
import { untilPossible } from "./process/shortage.ts";
import { startAgent, type Started } from "./process/start-agent.ts";
import { endLeftovers, stopAgent } from "./process/stop-agent.ts";
import { recordedSupervisor, type Supervised } from "./process/supervisor.ts";
import { createSweeper, type Sweeper } from "./process/sweeper.ts";
import { createTicker, type Ticker } from "./process/ticker.ts";
import { openWorktree, removeUntouched, tellOfChanges, type Workplace } from "./process/worktree.ts";

interface Desk {
  launch: Launch;
  sweeper: Sweeper;
  ticker: Ticker;
  /** Attempts of which surely no process is left: their sweep need not look. */
  alone: Set<string>;
}

/**
 * Runs any program as an agent. What the program left running in its group is ended before the result is given; what
 * left the group, by the end of `sweep`, which also removes the attempt's folder: so a result can be read again until
 * whoever asked for it has stored it.
 */
export function createCommandDispatcher(launch: Launch = shellLaunch): StageDispatcher {
  const desk: Desk = { launch, sweeper: createSweeper(), ticker: createTicker(), alone: new Set() };
  return {
    name: "command",
    dispatch: (request, control) => dispatch(request, control, desk),
    readopt: (request, control) => readopt(request, control, desk),
    livedMs: ({ attempt_dir, attempt_id }) => {
      const supervisor = recordedSupervisor(attempt_dir, attempt_id);
      return supervisor?.isRunning() ? livedMs(supervisor.pid) : null;
    },
    sweep: (attempt, isLast) => sweep(attempt, desk, isLast),
  };
}

async function dispatch(request: StageRequest, control: DispatchControl, desk: Desk): Promise<StageResult> {
  if (control.signal.aborted) return failed(stopped);
  const command = commandOf(request);
  if ("error" in command) return failed(command.error);
  const started = await startedWhenPossible(request, command.argv, { control, desk });
  if ("error" in started) return failed(started.error);
  const { agent, files, startedAt } = started;
  const logs = openLogs({ files, sink: control.log, masks: control.masks, from: { stdout: 0, stderr: 0 } });
  const result = await follow({ request, control, desk, agent, logs });
  const isAlone = agent.endsAll
    ? (await agent.ended) !== null
    : isSurelyAlone(agent.pid, request.attempt_id, performance.now() - startedAt);
  if (isAlone) desk.alone.add(request.attempt_id);
  await tellOfChanges(request, control.log);
  return result ?? failed(killed);
}

type StartedAt = (Extract<Started, { agent: Supervised }> & { startedAt: number }) | { error: StageError };

/** A system that is short of something is not the attempt's failure: it waits, and its time with it. */
async function startedWhenPossible(
  request: StageRequest,
  argv: readonly string[],
  { control, desk }: { control: DispatchControl; desk: Desk },
): Promise<StartedAt> {
  let goOn: (() => void) | undefined;
  const start = async (): Promise<StartedAt> => {
    // A folder that is there already is of an agent that is gone without a result, or never began.
    if (existsSync(request.attempt_dir)) await sweep(request, desk);
    const place = await workplaceOf(request, control);
    if ("error" in place) return place;
    const startedAt = performance.now();
    const started = await startAgent({ ...request, workdir: place.workdir }, argv, desk);
    return "error" in started ? started : { ...started, startedAt };
  };
  const wait = (shortage: Error): void => {
    goOn = control.holdTime?.();
    const why = `the agent cannot be started now (${shortage.message})`;
    control.log.write("system", `warning: ${why}. it is tried again until it can`);
  };
  try {
    return await untilPossible(start, wait, control.signal);
  } catch (error) {
    if (control.signal.aborted) return { error: stopped };
    throw error;
  } finally {
    goOn?.();
  }
}

/**
 * Goes on with an agent that an earlier engine started. While it runs it is followed, from where its log was read to;
 * has it ended, its result is read. Otherwise what is left of it is ended. Its folder stays until the attempt begins
 * again or is over: it alone tells that the agent had begun.
 */
async function readopt(
  request: StageRequest,
  control: DispatchControl,
  desk: Desk,
): Promise<StageResult | "gone" | "unbegun"> {
  const adopted = await untilPossible(() => adopt(request, desk.ticker));
  if (adopted) {
    const { agent, files } = adopted;
    const logs = openLogs({ files, sink: control.log, masks: control.masks, from: control.log.offsets });
    const result = await follow({ request, control, desk, agent, logs });
    if (result !== null) {
      await tellOfChanges(request, control.log);
      return result;
    }
  }
  await untilPossible(() => endProcesses(request, desk));
  // Not before nobody is left who might still begin it.
  const supervisor = await untilPossible(() => recordedSupervisor(request.attempt_dir, request.attempt_id));
  return supervisor === null ? "unbegun" : "gone";
}

async function workplaceOf(request: StageRequest, { signal }: DispatchControl): Promise<Workplace> {
  const { worktree_dir, workdir } = request;
  if (worktree_dir === null) return { workdir };
  const place = await openWorktree(request, worktree_dir, signal);
  return signal.aborted ? { error: stopped } : place;
}

/**
 * Ends every process of the attempt, then its folder, which stays as a sign where one cannot be ended. After the last
 * attempt the stage's worktree goes in between: only when nobody can change it any more.
 */
async function sweep(attempt: AttemptPlace, desk: Desk, isLast = false): Promise<void> {
  if (!desk.alone.delete(attempt.attempt_id) && !(await endProcesses(attempt, desk))) return;
  // The next stage starts first: its agent then runs while the files are removed.
  await nextTurn();
  if (isLast) await removeUntouched(attempt);
  removeAttemptFolder(attempt.attempt_dir);
}

/** False when some could not be ended. */
async function endProcesses({ attempt_id, attempt_dir }: AttemptPlace, desk: Desk): Promise<boolean> {
  const supervisor = recordedSupervisor(attempt_dir, attempt_id);
  supervisor?.kill();
  // It ends what no mark would find: only then is looked for what is left.
  if (supervisor?.endsAll) await endOf(supervisor, attempt_dir, desk.ticker);
  return desk.sweeper.sweep(attempt_id);
}

interface Followed {
  request: StageRequest;
  control: DispatchControl;
  desk: Desk;
  agent: Supervised;
  logs: AttemptLogs;
}

/** Waits for the agent's end, or brings it about. Null when it is gone and nobody knows its exit status. */
async function follow(followed: Followed): Promise<StageResult | null> {
  const { request, control, desk, agent, logs } = followed;
  const { attempt_id, attempt_dir } = request;
  const { idle_timeout_ms: idleMs } = request;
  const watch = idleMs === null ? null : openIdleWatch(idleMs, logs, agent);
  const broken = Promise.withResolvers<never>();
  const unfollow = desk.ticker.follow(() => (watch ?? logs).read(), broken.reject);
  const stop = watch ? AbortSignal.any([control.signal, watch.signal]) : control.signal;
  try {
    const isAborted = await Promise.race([endOrAbort(agent.ended, stop), broken.promise]);
    if (isAborted) await stopAgent(agent, attempt_id, desk.sweeper);
    else await endLeftovers(agent, attempt_id, desk.sweeper);
    unfollow();
    await logs.finish();
    if (isAborted) {
      const error = watch && !control.signal.aborted ? watch.error : stopped;
      return {
        ...failed(error),
        ...leftOfStopped(attempt_dir, request.outputs),
        warnings: [...logs.warnings],
      };
    }
    const status = await agent.ended;
    if (status === null) return null;
    const read = (): StageResult =>
      outcomeOf({
        folder: attempt_dir,
        status,
        program: programName(request),
        agent: request.agent,
        outputs: request.outputs,
        warnings: logs.warnings,
        complaint: logs.complaint,
        masks: control.masks,
      });
    return await untilPossible(read);
  } finally {
    unfollow();
    logs.close();
  }
}

/** True when the stop was asked for before the end. An agent that ended before it was adopted counts as ended. */
function endOrAbort(ended: Promise<unknown>, signal: AbortSignal): Promise<boolean> {
  if (signal.aborted) return Promise.race([ended.then(() => false), nextTurn().then(() => true)]);
  return new Promise((resolve, reject) => {
    const onAbort = (): void => resolve(true);
    signal.addEventListener("abort", onAbort, { once: true });
    ended.then(() => {
      signal.removeEventListener("abort", onAbort);
      resolve(false);
    }, reject);
  });
}

const stopped: StageError = { class: "cancelled", message: "the agent was stopped" };
const killed: StageError = {
  class: "agent_error",
  message: "the agent was killed from outside, with the shell that supervised it",
};

function failed(error: StageError): StageResult {
  return { ok: false, error: { ...error }, warnings: [] };
}

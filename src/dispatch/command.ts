import { existsSync } from "node:fs";
import { adopt } from "./adopt-agent.ts";
import { commandOf, programName } from "./agent-command.ts";
import { removeAttemptFolder } from "./attempt-folder.ts";
import { openLogs, rest, type AttemptLogs } from "./attempt-logs.ts";
import type {
  AttemptPlace,
  DispatchControl,
  StageDispatcher,
  StageError,
  StageRequest,
  StageResult,
} from "./dispatcher.ts";
import { openIdleWatch } from "./idle-watch.ts";
import { outcomeOf, usageOfStopped } from "./outcome.ts";
import { isSurelyAlone, livedMs, signalProcess } from "./processes.ts";
import { startAgent } from "./start-agent.ts";
import { endLeftovers, stopAgent } from "./stop-agent.ts";
import { recordedSupervisor, type Supervised } from "./supervisor.ts";
import { createSweeper, type Sweeper } from "./sweeper.ts";
import { createTicker, type Ticker } from "./ticker.ts";
import { openWorktree, removeUntouched, tellOfChanges, type Workplace } from "./worktree.ts";

interface Desk {
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
export function createCommandDispatcher(): StageDispatcher {
  const desk: Desk = { sweeper: createSweeper(), ticker: createTicker(), alone: new Set() };
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
  // A folder that is there already is of an agent that is gone without a result.
  if (existsSync(request.attempt_dir)) await sweep(request, desk);
  const place = await workplaceOf(request, control);
  if ("error" in place) return failed(place.error);
  const startedAt = performance.now();
  const started = startAgent({ ...request, workdir: place.workdir }, command.argv);
  if ("error" in started) return failed(started.error);
  const { agent, files } = started;
  const logs = openLogs({ files, sink: control.log, masks: control.masks, from: { stdout: 0, stderr: 0 } });
  const result = await follow({ request, control, desk, agent, logs });
  if (isSurelyAlone(agent.pid, request.attempt_id, performance.now() - startedAt)) {
    desk.alone.add(request.attempt_id);
  }
  await tellOfChanges(request, control.log);
  return result ?? failed(killed);
}

/**
 * Goes on with an agent that an earlier engine started. While it runs it is followed, from where its log was read to;
 * has it ended, its result is read. Otherwise what is left of it is ended, and the result is null.
 */
async function readopt(
  request: StageRequest,
  control: DispatchControl,
  desk: Desk,
): Promise<StageResult | null> {
  const adopted = adopt(request, desk.ticker);
  let result: StageResult | null = null;
  if (adopted) {
    const { agent, files } = adopted;
    const logs = openLogs({ files, sink: control.log, masks: control.masks, from: control.log.offsets });
    result = await follow({ request, control, desk, agent, logs });
  }
  if (result === null) await sweep(request, desk);
  else await tellOfChanges(request, control.log);
  return result;
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
  const { attempt_id, attempt_dir } = attempt;
  if (!desk.alone.delete(attempt_id)) {
    const supervisor = recordedSupervisor(attempt_dir, attempt_id);
    if (supervisor?.isRunning()) signalProcess(-supervisor.pid, "SIGKILL");
    if (!(await desk.sweeper.sweep(attempt_id))) return;
  }
  // The next stage starts first: its agent then runs while the files are removed.
  await rest();
  if (isLast) await removeUntouched(attempt);
  removeAttemptFolder(attempt_dir);
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
  const unfollow = desk.ticker.follow(() => (watch ?? logs).read());
  const stop = watch ? AbortSignal.any([control.signal, watch.signal]) : control.signal;
  try {
    const isAborted = await endOrAbort(agent.ended, stop);
    if (isAborted) await stopAgent(agent, attempt_id, desk.sweeper);
    else await endLeftovers(agent.pid, attempt_id, desk.sweeper);
    unfollow();
    await logs.finish();
    if (isAborted) {
      const error = watch && !control.signal.aborted ? watch.error : stopped;
      return { ...failed(error), ...usageOfStopped(attempt_dir), warnings: [...logs.warnings] };
    }
    const status = await agent.ended;
    if (status === null) return null;
    return outcomeOf({
      folder: attempt_dir,
      status,
      program: programName(request),
      agent: request.agent,
      outputs: request.outputs,
      warnings: logs.warnings,
      complaint: logs.complaint,
      masks: control.masks,
    });
  } finally {
    unfollow();
    logs.close();
  }
}

/** True when the stop was asked for before the end. An agent that ended before it was adopted counts as ended. */
function endOrAbort(ended: Promise<unknown>, signal: AbortSignal): Promise<boolean> {
  if (signal.aborted) return Promise.race([ended.then(() => false), rest().then(() => true)]);
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

import { existsSync } from "node:fs";
import { nextTurn } from "../../next-turn.ts";
import type {
  AttemptPlace,
  DispatchControl,
  Leftovers,
  StageDispatcher,
  StageError,
  StageRequest,
  StageResult,
} from "../dispatcher.ts";
import { adopt, endOf } from "./adopt-agent.ts";
import type { AgentProgram, AgentStart } from "./agent-program.ts";
import { forgetAgent, removeAttemptFolder } from "./attempt-folder.ts";
import { failedResult, killed, stopped } from "./failed-result.ts";
import { answeredRequests } from "./conversation.ts";
import { followAgent } from "./follow-agent.ts";
import type { Launch } from "./launcher.ts";
import { isSurelyAlone, livedMs } from "./processes.ts";
import { untilPossible } from "./shortage.ts";
import { startAgent, type StartedAgent } from "./start-agent.ts";
import { recordedSupervisor } from "./supervisor.ts";
import { createSweeper, type Sweeper } from "./sweeper.ts";
import { createTicker, type Ticker } from "./ticker.ts";
import { openWorktree, type Workplace } from "./make-worktree.ts";
import { removeUntouched, tellOfChanges } from "./worktree.ts";

/** What all attempts of a dispatcher share. */
interface Desk {
  program: AgentProgram;
  launch: Launch;
  sweeper: Sweeper;
  ticker: Ticker;
  /** Attempts of which certainly no process is left, so that their sweep need not look. */
  alone: Set<string>;
}

/**
 * A dispatcher whose agents are processes of one kind of program. Processes that an agent left in its group are ended
 * before the result is given; those that left the group, by the end of `sweep`, which also removes the attempt's
 * folder. So a result can be read again until the caller has stored it.
 */
export function createProgramDispatcher(program: AgentProgram, launch: Launch): StageDispatcher {
  const [sweeper, ticker] = [createSweeper(), createTicker()];
  const desk: Desk = { program, launch, sweeper, ticker, alone: new Set() };
  return {
    name: program.name,
    dispatch: (request, control) => dispatch(request, control, desk),
    readopt: (request, control) => readopt(request, control, desk),
    livedMs: ({ attempt_dir, attempt_id }) => {
      const supervisor = recordedSupervisor(attempt_dir, attempt_id);
      return supervisor?.isRunning() ? livedMs(supervisor.pid) : null;
    },
    sweep: (attempt, what) => sweep(attempt, desk, what),
    sessionLeft: (request) => untilPossible(() => program.sessionLeft?.(request) ?? null),
    answered: ({ attempt_dir }) =>
      answeredRequests(attempt_dir, (message) => program.answeredIn?.(message) ?? null),
  };
}

async function dispatch(request: StageRequest, control: DispatchControl, desk: Desk): Promise<StageResult> {
  if (control.signal.aborted) return failedResult(stopped);
  const prepared = await desk.program.prepare(request);
  if ("error" in prepared) return failedResult(prepared.error);
  for (const warning of prepared.warnings ?? []) control.log.write("system", `warning: ${warning}`);
  const started = await startWhenPossible(request, prepared, { control, desk });
  if ("error" in started) return failedResult(started.error);
  const { agent, files, startedAt } = started;
  const from = { stdout: 0, stderr: 0 };
  const result = await followAgent({ ...desk, request, control, agent, files, from });
  const isAlone = agent.endsAll
    ? (await agent.ended) !== null
    : isSurelyAlone(agent.pid, request.attempt_id, performance.now() - startedAt);
  if (isAlone) desk.alone.add(request.attempt_id);
  await tellOfChanges(request, control.log);
  return result ?? { ...failedResult(killed), endedEarly: true };
}

/** A shortage of the system is not the attempt's failure: the attempt waits, and so does its clock. */
async function startWhenPossible(
  request: StageRequest,
  prepared: AgentStart,
  { control, desk }: { control: DispatchControl; desk: Desk },
): Promise<(StartedAgent & { startedAt: number }) | { error: StageError }> {
  let goOn: (() => void) | undefined;
  const start = async () => {
    // A folder that is there already belongs to an agent that is gone without a result, or never began.
    if (existsSync(request.attempt_dir)) await sweep(request, desk);
    const place = await workplaceOf(request, control);
    if ("error" in place) return place;
    const startedAt = performance.now();
    const started = await startAgent({ ...request, workdir: place.workdir }, prepared, desk);
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
 * Goes on with an agent that an earlier engine started. If it runs, it is followed from where its log was read to; if
 * it has ended, its result is read; otherwise what is left of it is ended. Its folder stays until the attempt begins
 * again or is over, because it alone shows that the agent had begun.
 */
async function readopt(
  request: StageRequest,
  control: DispatchControl,
  desk: Desk,
): Promise<StageResult | "gone" | "unbegun"> {
  const adopted = await untilPossible(() => adopt(request, desk.ticker));
  if (adopted) {
    const { agent, files } = adopted;
    const result = await followAgent({ ...desk, request, control, agent, files, from: control.log.offsets });
    if (result !== null) {
      await tellOfChanges(request, control.log);
      return result;
    }
  }
  await untilPossible(() => endProcesses(request, desk));
  // This waits until no process is left that might still begin it.
  const supervisor = await untilPossible(() => recordedSupervisor(request.attempt_dir, request.attempt_id));
  return supervisor === null ? "unbegun" : "gone";
}

async function workplaceOf(request: StageRequest, { signal, log }: DispatchControl): Promise<Workplace> {
  const { worktree_dir, workdir } = request;
  if (worktree_dir === null) return { workdir };
  const place = await openWorktree(request, worktree_dir, { signal, log });
  return signal.aborted ? { error: stopped } : place;
}

/**
 * Ends every process of the attempt, then removes its folder, which stays as a sign if a process cannot be ended. After
 * the last attempt the stage's worktree is removed in between, when nothing can change it any more.
 */
async function sweep(attempt: AttemptPlace, desk: Desk, what: Leftovers = "attempt"): Promise<void> {
  if (!desk.alone.delete(attempt.attempt_id) && !(await endProcesses(attempt, desk))) return;
  if (what === "processes") return forgetAgent(attempt.attempt_dir);
  // The next stage starts first, so that its agent runs while the files are removed.
  await nextTurn();
  if (what === "stage") await removeUntouched(attempt);
  await removeAttemptFolder(attempt.attempt_dir);
}

/** False when some processes could not be ended. */
async function endProcesses({ attempt_id, attempt_dir }: AttemptPlace, desk: Desk): Promise<boolean> {
  const supervisor = recordedSupervisor(attempt_dir, attempt_id);
  supervisor?.kill();
  // The supervisor ends processes that no mark would find; only after that the rest is searched for.
  if (supervisor?.endsAll) await endOf(supervisor, attempt_dir, desk.ticker);
  return desk.sweeper.sweep(attempt_id);
}

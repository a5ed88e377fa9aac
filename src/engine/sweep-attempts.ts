import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { hasEnded, isSettled } from "../execution/status.ts";
import { unlessDamaged } from "../store/damaged-row.ts";
import { loadForEngine, unendedAmong } from "../store/executions.ts";
import { isSuspended } from "../machine/execution-state.ts";
import { leftoversOf, sweeperOf } from "./agent-run.ts";
import { dispatcherName } from "./dispatcher-name.ts";
import type { EngineState } from "./engine-state.ts";
import { addCleanUp, sweepLater, logProblem, finishCleanUp } from "./clean-up.ts";
import { sweepSecrets } from "./kept-secrets.ts";
import { restoreExecution } from "./restore-execution.ts";
import type { LiveExecution } from "./live-execution.ts";
import { attemptPlace } from "./stage-request.ts";

/**
 * Ends what a dead engine has left of attempts that are over: it may have died between the commit of an outcome and the
 * sweep after it. Attempts that still run are not touched.
 */
export function sweepAttempts(engine: EngineState, execution: LiveExecution): void {
  for (const { step, attempt, place } of leftFolders(engine, execution)) {
    const { status, attempt_number } = step.record;
    if (status === "running" && attempt_number === attempt) continue;
    const dispatcher = engine.dispatcher(dispatcherName(engine, execution, step));
    const isLast = attempt_number === attempt;
    const what = isLast ? leftoversOf(step) : isSettled(status) ? "stage" : "attempt";
    if (isLast) sweepLater(engine, execution.runId, step, () => dispatcher.sweep(place, what))();
    else void addCleanUp(engine, execution.runId, dispatcher.sweep(place, what));
  }
}

/** Sweeps executions that have ended, which nobody takes over any more; their secrets are removed, too. */
export function sweepEndedExecutions(engine: EngineState): void {
  const secrets = namesIn(engine.secretsDir);
  const attempts = namesIn(engine.attemptsDir);
  // Reading ten thousand live executions whole would hold everybody up.
  const unended = unendedAmong(engine.store, [...secrets, ...attempts]);
  sweepSecrets(engine.secretsDir, (runId) => unended.has(runId) || needsSecrets(engine, runId));
  for (const runId of attempts) {
    if (unended.has(runId)) continue;
    try {
      const loaded = loadForEngine(engine.store, runId);
      if (!loaded || !hasEnded(loaded.execution.record.status)) continue;
      sweepAttempts(engine, restoreExecution(engine, loaded, { drives: false, mayHaveSecrets: true }));
      void finishCleanUp(engine, runId);
    } catch (error) {
      logProblem(engine, runId, "cleanup_failed", error);
    }
  }
}

/** A damaged execution keeps its secrets, because it may be repaired. */
function needsSecrets({ store }: EngineState, runId: string): boolean {
  const read = unlessDamaged(() => ({ loaded: loadForEngine(store, runId) }));
  if (read === null) return true;
  return read.loaded !== null && !hasEnded(read.loaded.execution.record.status);
}

/**
 * Removes untouched worktrees that no attempt's sweep has removed: of steps that ended while they waited for their next
 * try, or whose agent was gone. Call it when the execution has ended.
 */
export function sweepWorktrees(engine: EngineState, execution: LiveExecution): void {
  for (const step of execution.steps) {
    const { status, attempt_number } = step.record;
    if (step.plan.stage.workspace !== "worktree" || attempt_number === 0 || status === "completed") continue;
    void addCleanUp(engine, execution.runId, sweeperOf(engine, execution, step)());
  }
}

/** Removes what was kept of attempts that were to go on later. Call it when the execution has ended. */
export function sweepSuspended(engine: EngineState, execution: LiveExecution): void {
  if (!execution.steps.some(isSuspended)) return;
  for (const { step, place } of leftFolders(engine, execution)) {
    if (!isSuspended(step)) continue;
    const dispatcher = engine.dispatcher(dispatcherName(engine, execution, step));
    void addCleanUp(engine, execution.runId, dispatcher.sweep(place, "stage"));
  }
}

/** Folders are `<stage>.<attempt>`, and `<stage>.<attempt>.summary` for the call that sums it up. */
function leftFolders(engine: EngineState, execution: LiveExecution) {
  const { runId, byId } = execution;
  const folder = join(engine.attemptsDir, runId);
  return namesIn(folder).flatMap((name) => {
    const [, stageId = "", attempt = "", summary = ""] = /^(.+?)\.(\d+)(\.summary)?$/.exec(name) ?? [];
    const step = byId.get(stageId);
    if (!step) return [];
    const attempt_id = `${runId}/${stageId}/${attempt}${summary === "" ? "" : "/summary"}`;
    const place = { ...attemptPlace(engine, execution, step), attempt_id, attempt_dir: join(folder, name) };
    return [{ step, attempt: Number(attempt), place }];
  });
}

/** None of a folder that is not there. */
export function namesIn(folder: string): string[] {
  return existsSync(folder) ? readdirSync(folder) : [];
}

import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { removeAttemptFolder, removeEmptyFolder } from "../dispatch/process/attempt-folder.ts";
import { nextTurn } from "../next-turn.ts";
import type { GitCaller } from "../dispatch/process/git.ts";
import { removeForgotten } from "../dispatch/process/worktree.ts";
import { stagesIn } from "../dispatch/process/worktree-note.ts";
import { folderBytes } from "./folder-bytes.ts";
import type { Store } from "../store/database.ts";
import {
  bytesHeld,
  deleteRecords,
  forgetTakenOut,
  openForPruning,
  pages,
  prunableExecutions,
  shrink,
  listTakenOut,
  takeOutExecution,
  type PruneScope,
  type RetentionRule,
} from "../store/prune.ts";

export interface PruneRequest {
  /** Absolute path of the database; it must be there. */
  database: string;
  /** Folder of skillmeat's data, absolute: attempts and worktrees lie in it. */
  home: string;
  rule: RetentionRule;
  scope: PruneScope | null;
  dryRun: boolean;
  /** What git runs with. */
  env: Readonly<Record<string, string>>;
}

/** What `prune --format json` prints. */
export interface PruneReport {
  dry_run: boolean;
  executions: string[];
  /** The bytes freed in the database and the folders; in a dry run an estimate. */
  freed_bytes: number;
  /** What stays on the disk although its execution is gone, and why. */
  left: { path: string; reason: string }[];
}

/**
 * Removes old executions with their events, logs, attempt folders and untouched worktrees, and what an earlier prune
 * that was killed has left. Each transaction is short, and others get a turn in between.
 */
export async function pruneExecutions(request: PruneRequest): Promise<PruneReport> {
  const store = openForPruning(request.database);
  try {
    return request.dryRun ? await estimate(store, request) : await prune(store, request);
  } finally {
    store.close();
  }
}

async function prune(store: Store, { home, rule, scope, env }: PruneRequest): Promise<PruneReport> {
  const report: PruneReport = { dry_run: false, executions: [], freed_bytes: 0, left: [] };
  const before = pages(store).usedBytes;
  for (const slice of prunableExecutions(store, rule, scope)) {
    for (const { run_id } of slice) {
      if (!takeOutExecution(store, run_id)) continue;
      report.executions.push(run_id);
      await nextTurn();
    }
    await nextTurn();
  }
  for (const runId of listTakenOut(store)) {
    await inSlices((most) => deleteRecords(store, runId, most));
    report.freed_bytes += await removeFiles(home, runId, env, report.left);
    forgetTakenOut(store, runId);
  }
  report.freed_bytes += Math.max(0, before - pages(store).usedBytes);
  await inSlices((most) => shrink(store, most) > 0);
  return report;
}

async function estimate(store: Store, { home, rule, scope }: PruneRequest): Promise<PruneReport> {
  const report: PruneReport = { dry_run: true, executions: [], freed_bytes: 0, left: [] };
  for (const slice of prunableExecutions(store, rule, scope)) {
    for (const { run_id } of slice) {
      report.executions.push(run_id);
      report.freed_bytes += bytesHeld(store, run_id) + (await folderBytes(join(home, "attempts", run_id)));
      await nextTurn();
    }
    await nextTurn();
  }
  return report;
}

/** The bytes of an execution's removed folders; worktrees that stay are reported. */
async function removeFiles(
  home: string,
  runId: string,
  env: Readonly<Record<string, string>>,
  left: PruneReport["left"],
): Promise<number> {
  const attempts = join(home, "attempts", runId);
  let bytes = await folderBytes(attempts);
  await removeAttemptFolder(attempts);
  const worktrees = join(home, "worktrees", runId);
  const caller: GitCaller = { attempt_id: `${runId}/prune`, options: { env: { ...env } } };
  for (const name of stagesIn(existsSync(worktrees) ? readdirSync(worktrees) : [])) {
    const path = join(worktrees, name);
    const size = await folderBytes(path);
    const reason = await removeForgotten(caller, path);
    if (reason === null) bytes += size;
    else left.push({ path, reason });
  }
  removeEmptyFolder(worktrees);
  return bytes;
}

const firstSlice = 500;
const mostInSlice = 20_000;
const shortMs = 8;
const longMs = 25;

/** Calls `work` with as many as it can do in a short time, until it says that nothing is left. */
async function inSlices(work: (most: number) => boolean): Promise<void> {
  for (let most = firstSlice, more = true; more;) {
    const began = performance.now();
    more = work(most);
    const tookMs = performance.now() - began;
    if (tookMs > longMs) most = Math.max(1, Math.floor(most / 2));
    else if (tookMs < shortMs) most = Math.min(mostInSlice, most * 2);
    await nextTurn();
  }
}

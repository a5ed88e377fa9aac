import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { removeEmptyFolder } from "../dispatch/process/attempt-folder.ts";
import type { GitCaller } from "../dispatch/process/git.ts";
import { lookAtWorktree, type WorktreeLook } from "../dispatch/process/look-at-worktree.ts";
import { removeForgotten } from "../dispatch/process/worktree.ts";
import { hasNote, stagesIn } from "../dispatch/process/worktree-note.ts";
import { hasEnded, type ExecutionStatus } from "../execution/status.ts";
import type { Store } from "../store/database.ts";
import { executionStates } from "../store/execution-states.ts";
import { folderBytes } from "./folder-bytes.ts";

export interface WorktreeHome {
  /** Folder of skillmeat's data, absolute: worktrees lie in it. */
  home: string;
  store: Store;
  /** What git runs with. */
  env: Readonly<Record<string, string>>;
}

/** What `worktree list --format json` lists. */
export interface WorktreeEntry extends Omit<WorktreeLook, "holds"> {
  run_id: string;
  /** Null where the execution has been pruned. */
  workflow_slug: string | null;
  status: ExecutionStatus | null;
  stage_id: string;
  path: string;
  /** Why `worktree prune` leaves it; null when it would remove it. */
  stays: string | null;
}

/** What `worktree prune --format json` prints. */
export interface WorktreePruneReport {
  dry_run: boolean;
  removed: { run_id: string; stage_id: string; path: string }[];
  freed_bytes: number;
  /** Worktrees of ended executions that stay, and why. */
  left: { path: string; reason: string }[];
}

interface Place {
  run_id: string;
  stage_id: string;
  path: string;
  state: { status: ExecutionStatus; workflow_slug: string } | null;
  caller: GitCaller;
}

/** The worktrees of all executions, with what they hold that is nowhere else. */
export async function listWorktrees(home: WorktreeHome): Promise<WorktreeEntry[]> {
  const entries: WorktreeEntry[] = [];
  for (const place of placesOf(home)) {
    const { run_id, stage_id, path, state } = place;
    const { holds, ...look } = await orTrouble(() => lookAtWorktree(place.caller, path));
    entries.push({
      run_id,
      workflow_slug: state?.workflow_slug ?? null,
      status: state?.status ?? null,
      stage_id,
      path,
      ...look,
      stays: whyNotTouched(place) ?? holds,
    });
  }
  return entries;
}

/**
 * Removes the worktrees of ended executions with their branches unless they hold anything uncommitted or unmerged. In a
 * dry run only says what would go.
 */
export async function pruneWorktrees(home: WorktreeHome, dryRun: boolean): Promise<WorktreePruneReport> {
  const report: WorktreePruneReport = { dry_run: dryRun, removed: [], freed_bytes: 0, left: [] };
  for (const place of placesOf(home)) {
    const { run_id, stage_id, path, caller } = place;
    if (isLive(place)) continue;
    const size = await folderBytes(path);
    const reason = whyNotTouched(place) ?? (await removeOrTell(caller, path, dryRun));
    if (reason !== null) {
      report.left.push({ path, reason });
      continue;
    }
    report.removed.push({ run_id, stage_id, path });
    report.freed_bytes += size;
    if (!dryRun) removeEmptyFolder(join(home.home, "worktrees", run_id));
  }
  return report;
}

/** The folders are read first: an execution is stored before it has one, so it is known if it is live. */
function placesOf({ home, store, env }: WorktreeHome): Place[] {
  const folder = join(home, "worktrees");
  if (!existsSync(folder)) return [];
  const runs = readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => ({ run_id: name, stages: stagesIn(readdirSync(join(folder, name))) }))
    .toSorted((a, b) => (a.run_id < b.run_id ? -1 : 1));
  const states = executionStates(
    store,
    runs.map(({ run_id }) => run_id),
  );
  return runs.flatMap(({ run_id, stages }) =>
    stages.map((stage_id) => ({
      run_id,
      stage_id,
      path: join(folder, run_id, stage_id),
      state: states.get(run_id) ?? null,
      caller: { attempt_id: `${run_id}/worktrees`, options: { env: { ...env } } },
    })),
  );
}

function isLive({ state }: Place): boolean {
  return state !== null && !hasEnded(state.status);
}

/** A folder without a note counts as half made and is removed, which must not happen to a folder of somebody else. */
function whyNotTouched(place: Place): string | null {
  if (isLive(place)) return "its execution has not ended";
  if (place.state !== null || hasNote(place.path)) return null;
  return "it is not known which execution it is of, and there is no note beside it";
}

async function removeOrTell(caller: GitCaller, path: string, dryRun: boolean): Promise<string | null> {
  try {
    return await removeForgotten(caller, path, { dryRun });
  } catch (error) {
    return reasonOf(error);
  }
}

async function orTrouble(look: () => Promise<WorktreeLook>): Promise<WorktreeLook> {
  try {
    return await look();
  } catch (error) {
    return { branch: null, uncommitted: null, unmerged: null, holds: reasonOf(error) };
  }
}

/** A note or a folder that cannot be read must not hide the other worktrees. */
function reasonOf(error: unknown): string {
  return `it cannot be read (${error instanceof Error ? error.message : String(error)})`;
}

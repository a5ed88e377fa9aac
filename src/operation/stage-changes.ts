import { join } from "node:path";
import type { GitCaller } from "../dispatch/process/git.ts";
import { diffWorktree, type DiffAnswer } from "../dispatch/process/worktree-diff.ts";
import { hasNote } from "../dispatch/process/worktree-note.ts";
import { readSecrets } from "../engine/kept-secrets.ts";
import { createMasks } from "../execution/masks.ts";
import type { ExecutionRecord, StepRecord } from "../execution/record.ts";

interface ChangesRequest {
  home: string;
  /** What git runs with. */
  env: Readonly<Record<string, string>>;
  execution: ExecutionRecord;
  step: StepRecord;
  mostBytes: number;
}

/** True when there is something to compare: a worktree, or a commit. */
export function mayHaveChanges(home: string, { run_id }: ExecutionRecord, step: StepRecord): boolean {
  return (step.workspace?.commit ?? null) !== null || hasNote(worktreeOf(home, run_id, step));
}

/**
 * What a stage has changed in its worktree. Secrets are masked for as long as the execution lives; then nobody knows
 * them any more. Null: the stage has neither a worktree nor a commit.
 */
export async function readStageChanges(request: ChangesRequest): Promise<DiffAnswer | null> {
  const { home, env, execution, step, mostBytes } = request;
  const { run_id, options } = execution;
  const caller: GitCaller = {
    attempt_id: `${run_id}/${step.stage_id}/diff`,
    options: { env: { ...env } },
  };
  const place = {
    dir: worktreeOf(home, run_id, step),
    workdir: options.workdir,
    commit: step.workspace?.commit ?? null,
  };
  const diff = await diffWorktree(caller, place, mostBytes);
  if (diff === null || "trouble" in diff) return diff;
  const { hide } = createMasks(readSecrets(join(home, "secrets"), run_id)?.masks ?? []);
  return { ...diff, text: hide(diff.text) };
}

function worktreeOf(home: string, runId: string, { stage_id }: StepRecord): string {
  return join(home, "worktrees", runId, stage_id);
}

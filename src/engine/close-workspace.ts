import type { StageRequest } from "../dispatch/dispatcher.ts";
import { closeWorktree, type CommitMessage } from "../dispatch/process/commit-worktree.ts";
import { collectHandedIn } from "../execution/handed-in.ts";
import type { Masks } from "../execution/masks.ts";
import type { StepWorkspace } from "../execution/record.ts";
import type { EffectiveStage } from "../workflow/effective.ts";
import type { AttemptResult } from "../machine/apply-result.ts";
import type { openLogSink } from "./log-sink.ts";

interface Closing {
  request: StageRequest;
  stage: EffectiveStage;
  log: ReturnType<typeof openLogSink>;
  masks: Masks;
}

const longestSubject = 72;
const shortHash = 12;
// oxlint-disable-next-line no-control-regex
const unseen = /[\s\u0000-\u001f\u007f-\u009f]+/g;

/**
 * Adds what an attempt that has succeeded has changed in its stage's worktree, after committing it where the definition
 * asks for that. An attempt whose changes cannot be committed has failed: the stages after it would begin without them.
 */
export async function closeWorkspace(
  outcome: Extract<AttemptResult, { kind: "succeeded" }>,
  { request, stage, log, masks }: Closing,
): Promise<AttemptResult> {
  if (request.worktree_dir === null) return outcome;
  const commits = stage.commit === "success";
  const closed = await closeWorktree(request, commits ? commitMessage(request, masks) : null);
  if (closed === null) return outcome;
  const { data } = outcome;
  if ("error" in closed) {
    if (!commits) {
      log.warn(`what it has changed in its git worktree cannot be told: ${closed.error}`);
      return outcome;
    }
    const message =
      `the changes of stage "${stage.id}" in the git worktree ${request.worktree_dir} cannot be committed: ` +
      `${masks.hide(closed.error)}. they stay there; when git can commit them, run the stage again`;
    const handed_in = collectHandedIn({ outputs: data.outputs, text: data.text ?? undefined });
    const failure = { class: "internal", message, retryable: false };
    return { kind: "failed", failure, handed_in, usage: data.usage };
  }
  const { workspace, notices } = closed;
  for (const notice of notices) log.write("system", `notice: ${notice}`);
  if (commits) tellOfCommit(workspace, log);
  return { ...outcome, data: { ...data, workspace } };
}

function tellOfCommit({ branch, commit, changed_files }: StepWorkspace, log: Closing["log"]): void {
  if (commit === null) return;
  const count = changed_files.length === 1 ? "1 file" : `${changed_files.length} files`;
  log.write(
    "system",
    `its changes are committed on the branch ${branch} as ${commit.slice(0, shortHash)} (${count})`,
  );
}

/** A stage's name may have any characters in it. */
function commitMessage(
  { run_id, stage_id, stage_name, agent_ref }: StageRequest,
  masks: Masks,
): CommitMessage {
  const words = masks.hide(stage_name).replaceAll(unseen, " ").trim();
  const subject =
    words.length > longestSubject ? `${words.slice(0, longestSubject - 1)}…` : words || stage_id;
  const trailers = [
    `Skillmeat-Run: ${run_id}`,
    `Skillmeat-Stage: ${stage_id}`,
    `Skillmeat-Agent: ${agent_ref}`,
  ];
  return [subject, masks.hide(trailers.join("\n"))];
}

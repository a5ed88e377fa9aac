import type { Path } from "../source-node.ts";
import { stageKind } from "../stage-kind.ts";
import { spotAt, type Rule } from "../subject.ts";

/** Only a git worktree of a stage's own holds nothing but the stage's changes, so only there they are committed. */
export const commits: Rule = (subject, report) => {
  const add = (path: Path, message: string, hint: string): void => {
    report.error("schema", {
      code: "commit_without_worktree",
      message,
      path,
      at: spotAt(subject, path),
      hint,
    });
  };
  for (const { stage, path } of subject.stages) {
    const { isDecided } = stageKind(stage.type);
    if (stage.commit === "never" || (stage.workspace === "worktree" && !isDecided)) continue;
    const message = `stage "${stage.id}" has "commit: success", but no git worktree of its own to commit in`;
    const wayOut = isDecided
      ? "a gate changes nothing: take it out"
      : 'add "workspace: worktree", or take it out';
    add([...path, "commit"], message, wayOut);
  }
  const { commit } = subject.definition.config;
  if (commit === "never" || subject.stages.some(({ stage }) => stage.workspace === "worktree")) return;
  const message = '"commit: success" has nothing to commit in: no stage has a git worktree of its own';
  add(["config", "commit"], message, 'add "workspace: worktree" here or to a stage, or take "commit" out');
};

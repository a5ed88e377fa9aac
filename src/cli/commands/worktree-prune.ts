import { allowedEnv } from "../../execution/allowed-env.ts";
import { pruneWorktrees, type WorktreePruneReport } from "../../operation/worktrees.ts";
import type { CommandRun, Invocation } from "../command.ts";
import { exitCodes } from "../exit-code.ts";
import { withStore } from "../open-home.ts";
import { confirm } from "../terminal/ask.ts";
import { byteText } from "../terminal/byte-text.ts";

export const run: CommandRun = async (invocation) => {
  const { given, home, env, output } = invocation;
  const dryRun = given.flag("dry-run");
  const report = await withStore(home, async (store) => {
    const worktrees = { home, store, env: allowedEnv(env) };
    if (!dryRun && !given.flag("yes")) {
      const expected = await pruneWorktrees(worktrees, true);
      if (expected.removed.length > 0 || !output.canAsk)
        await confirm(invocation, `remove ${countText(expected)} (about ${byteText(expected.freed_bytes)})?`);
    }
    return pruneWorktrees(worktrees, dryRun);
  });
  say(invocation, report);
  return exitCodes.done;
};

function say({ given, output }: Invocation, report: WorktreePruneReport): void {
  if (given.text("format") === "json") return output.json(report);
  const bytes = byteText(report.freed_bytes);
  output.line(
    report.dry_run
      ? `would remove ${countText(report)}, about ${bytes}`
      : `removed ${countText(report)} and freed ${bytes}`,
  );
  for (const { path } of report.removed)
    output.line(`${report.dry_run ? "would remove" : "removed"} ${path}`);
  for (const { path, reason } of report.left) output.line(`left ${path}: ${reason}`);
}

function countText({ removed }: WorktreePruneReport): string {
  return removed.length === 1 ? "1 worktree" : `${removed.length} worktrees`;
}

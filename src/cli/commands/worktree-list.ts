import { allowedEnv } from "../../execution/allowed-env.ts";
import { shortId } from "../../execution/short-id.ts";
import { hasEnded } from "../../execution/status.ts";
import { listWorktrees, type WorktreeEntry } from "../../operation/worktrees.ts";
import type { CommandRun } from "../command.ts";
import { exitCodes } from "../exit-code.ts";
import { withStore } from "../open-home.ts";
import { tableLines } from "../terminal/table.ts";

export const run: CommandRun = async ({ given, output, home, env }) => {
  const items = await withStore(home, (store) => listWorktrees({ home, store, env: allowedEnv(env) }));
  if (given.text("format") === "json")
    output.json({ items, next_cursor: null, prev_cursor: null, has_more: false, total_count: items.length });
  else if (items.length === 0) output.note("no stage has a git worktree");
  else output.line(worktreeTable(items, output.columns).join("\n"));
  return exitCodes.done;
};

function worktreeTable(items: readonly WorktreeEntry[], width: number): string[] {
  const columns = [
    { title: "run" },
    { title: "status" },
    { title: "stage", shrinks: true as const, least: 8 },
    { title: "holds", shrinks: true as const, least: 24 },
    { title: "branch", shrinks: true as const },
    { title: "path", shrinks: true as const },
  ];
  const rows = items.map((item) => [
    shortId(item.run_id),
    item.status ?? "pruned",
    item.stage_id,
    contentOf(item),
    item.branch ?? "",
    item.path,
  ]);
  return tableLines(columns, rows, width);
}

/** `2 unmerged commits, 1 uncommitted file`; else why it stays all the same. */
function contentOf({ uncommitted, unmerged, stays, status }: WorktreeEntry): string {
  const parts = [
    unmerged ? `${unmerged} unmerged ${unmerged === 1 ? "commit" : "commits"}` : "",
    uncommitted ? `${uncommitted} uncommitted ${uncommitted === 1 ? "file" : "files"}` : "",
  ].filter((part) => part !== "");
  if (parts.length > 0) return parts.join(", ");
  const isEnded = status === null || hasEnded(status);
  return isEnded && stays !== null ? stays : "nothing of its own";
}

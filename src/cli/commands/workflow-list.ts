import { localDay, zoneName } from "../../execution/local-time.ts";
import { listLibrary } from "../../operation/list-library.ts";
import type { WorkflowSort } from "../../store/list-workflows.ts";
import { workflowStatuses, type FileProblem, type WorkflowRecord } from "../../store/workflow-record.ts";
import { workflowView } from "../../store/workflow-view.ts";
import type { CommandRun, Invocation } from "../command.ts";
import { exitCodes } from "../exit-code.ts";
import { withStore } from "../open-home.ts";
import { paintStatus } from "../terminal/paint.ts";
import { plainLine } from "../terminal/plain-text.ts";
import { tableLines } from "../terminal/table.ts";

const sorts: Record<string, WorkflowSort> = { name: "name", updated: "-updated_at", "last-run": "-last_run" };

export const run: CommandRun = (invocation) =>
  withStore(invocation.home, (store) => {
    const { given, output } = invocation;
    const page = listLibrary(
      { home: invocation.home, store },
      {
        status: workflowStatuses.find((status) => status === given.text("status")) ?? null,
        tags: given.list("tag"),
        search: given.text("search"),
        sort: sorts[given.text("sort") ?? "updated"] ?? "-updated_at",
        limit: given.whole("limit", { least: 1, most: 100 }) ?? 20,
        cursor: given.text("cursor"),
      },
    );
    if (given.text("format") === "json") {
      output.json({ ...page, items: page.items.map(workflowView) });
      return exitCodes.done;
    }
    if (page.items.length === 0)
      output.note("no workflows; store one with: skillmeat workflow create <path>");
    else output.line(workflowTable(page.items, invocation).join("\n"));
    for (const { file_problem, slug } of page.items) {
      if (file_problem) output.note(fileProblemLine(invocation, slug, file_problem));
    }
    if (page.next_cursor !== null) output.note(`more: --cursor ${page.next_cursor}`);
    return exitCodes.done;
  });

/** What a list shows instead of the status; null: there is no problem with the file. */
function fileWord({ file_problem }: WorkflowRecord): string | null {
  if (file_problem === null || file_problem.kind === "name") return null;
  return file_problem.kind === "missing" ? "no file" : file_problem.kind;
}

export function fileProblemLine({ output }: Invocation, slug: string, { message }: FileProblem): string {
  return `${output.notePaint.warn("warning:")} ${plainLine(`${slug}: ${message}`)}`;
}

function workflowTable(workflows: readonly WorkflowRecord[], { output }: Invocation): string[] {
  const [first] = workflows;
  const zone = first ? ` (${zoneName(first.updated_at)})` : "";
  const columns = [
    { title: "name", shrinks: true as const },
    { title: "title", shrinks: true as const },
    { title: "version" },
    { title: "status" },
    { title: "stages", align: "right" as const },
    { title: "last run", paint: (text: string) => paintStatus(output.paint, text) },
    { title: `updated${zone}` },
    { title: "tags", shrinks: true as const },
  ];
  const rows = workflows.map((workflow) => [
    workflow.slug,
    workflow.name,
    workflow.version,
    fileWord(workflow) ?? workflow.status,
    String(workflow.stages.length),
    workflow.last_execution?.status ?? "never",
    localDay(workflow.updated_at),
    workflow.tags.join(", "),
  ]);
  return tableLines(columns, rows, output.columns);
}

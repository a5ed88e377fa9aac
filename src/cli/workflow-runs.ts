import { executionStatuses, hasEnded, type ExecutionStatus } from "../execution/status.ts";
import { shortId } from "../execution/short-id.ts";
import { listedExecution } from "../execution/view.ts";
import { AppError } from "../errors.ts";
import type { Store } from "../store/database.ts";
import { getSteps } from "../store/executions.ts";
import { findRun } from "./find-run.ts";
import { listExecutions } from "../store/list-executions.ts";
import type { Library } from "../collection/refresh-index.ts";
import { openWorkflow } from "../operation/open-workflow.ts";
import type { CommandRun, Invocation } from "./command.ts";
import { elapsedText } from "./elapsed.ts";
import { exitCodes, type ExitCode } from "./exit-code.ts";
import { followElsewhere } from "./follow-elsewhere.ts";
import { showEnded } from "./foreground.ts";
import { withStore } from "./open-home.ts";
import { paintStatus } from "./paint.ts";
import { sayUndriven } from "./say-undriven.ts";
import { showLogs } from "./show-logs.ts";
import { tableLines } from "./table.ts";

export const run: CommandRun = (invocation) =>
  withStore(invocation.home, (store) => {
    const prefix = invocation.given.optionalArgument(0);
    return prefix === null ? listRuns(invocation, store) : oneRun(invocation, store, prefix);
  });

async function oneRun(invocation: Invocation, store: Store, prefix: string): Promise<ExitCode> {
  const { given, output } = invocation;
  const record = findRun(store, prefix);
  const { run_id, status } = record;
  refuseUnknownStage(store, run_id, given.text("stage"));
  if (given.flag("follow") && !hasEnded(status)) {
    return followElsewhere(invocation, store, run_id, given.flag("logs") ? 0 : record.last_event);
  }
  if (given.flag("logs")) showLogs(invocation, store, record);
  else {
    if (given.text("format") !== "json") output.line(`run ${shortId(run_id)} (${run_id})`);
    showEnded(invocation, store, run_id, { withSteps: true });
    sayUndriven(invocation, store, run_id);
  }
  return status === "failed" || status === "cancelled" ? exitCodes.failed : exitCodes.done;
}

function refuseUnknownStage(store: Store, runId: string, stageId: string | null): void {
  if (stageId === null || getSteps(store, runId).some((step) => step.stage_id === stageId)) return;
  throw new AppError("not_found", `execution "${runId}" has no stage "${stageId}"`);
}

async function listRuns(invocation: Invocation, store: Store): Promise<ExitCode> {
  const { given, output } = invocation;
  for (const option of ["logs", "follow"]) {
    if (given.flag(option)) throw new AppError("invalid_usage", `--${option} needs a run id`);
  }
  const page = listExecutions(store, {
    ...workflowFilter({ home: invocation.home, store }, given.text("workflow")),
    status: statusOf(given.text("status")),
    limit: given.whole("limit", { least: 1, most: 100 }) ?? 20,
    cursor: given.text("cursor"),
  });
  if (given.text("format") === "json") {
    output.json({ ...page, items: page.items.map(listedExecution) });
    return exitCodes.done;
  }
  if (page.items.length === 0) output.note("no executions");
  else output.line(runTable(page.items, invocation).join("\n"));
  if (page.next_cursor !== null) output.note(`more: --cursor ${page.next_cursor}`);
  return exitCodes.done;
}

/** Of an id: its milliseconds, `0192f3a4-5b6c`, and the sign that it was cut. Less does not name one run. */
const timePart = 14;

function runTable(records: ReturnType<typeof listExecutions>["items"], { output }: Invocation): string[] {
  const columns = [
    { title: "run", shrinks: true as const, least: timePart },
    { title: "workflow", shrinks: true as const },
    { title: "status", paint: (status: string) => paintStatus(output.paint, status) },
    { title: "done", align: "right" as const },
    { title: "started" },
    { title: "time", align: "right" as const },
  ];
  const rows = records.map((record) => [
    record.run_id,
    `${record.workflow_name} v${record.workflow_version}`,
    record.status,
    `${record.progress_done}/${record.progress_total}`,
    (record.started_at ?? record.created_at).slice(0, 19).replace("T", " "),
    record.started_at === null ? "" : elapsedText(endMs(record.completed_at) - Date.parse(record.started_at)),
  ]);
  return tableLines(columns, rows, output.columns);
}

function endMs(completedAt: string | null): number {
  return completedAt === null ? Date.now() : Date.parse(completedAt);
}

/** Executions of files that were run as they are have no stored workflow: their `workflow.id` is looked for then. */
function workflowFilter(
  library: Library,
  name: string | null,
): { workflow_id: string } | { workflow_slug: string } | Record<string, never> {
  if (name === null) return {};
  try {
    return { workflow_id: openWorkflow(library, name).id };
  } catch (error) {
    if (error instanceof AppError && error.code === "not_found") return { workflow_slug: name };
    throw error;
  }
}

function statusOf(text: string | null): ExecutionStatus | null {
  return executionStatuses.find((status) => status === text) ?? null;
}

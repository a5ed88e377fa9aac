import { ExecutionTable, executionsPage } from "../../../views/executions/execution-list.tsx";
import {
  listPath,
  type ExecutionList,
  type ExecutionQuery,
  type ExecutionRow,
} from "../../../views/executions/execution-query.ts";
import { executionStatuses, hasEnded } from "../../execution/status.ts";
import { waitsForPeople } from "../../execution/permission.ts";
import type { ExecutionRecord, StepRecord } from "../../execution/record.ts";
import { signalExecution } from "../../operation/signal-execution.ts";
import type { Store } from "../../store/database.ts";
import { soundSteps } from "../../store/executions.ts";
import { listExecutions } from "../../store/list-executions.ts";
import { answerForm, backOf } from "./answer-form.ts";
import { retryWhileLocked } from "../server/retry-while-locked.ts";
import { frameOf } from "./page-frame.ts";
import { html, type FormCall, type PageCall, type PageRoutes, type Answer } from "./page-route.ts";
import { shownToast } from "./toast-cookie.ts";
import { answerTab, workflowOf } from "./workflow-tab.ts";

const rowsAPage = 50;
const mostAtOnce = 100;
const triggers = ["manual", "scheduled", "api"] as const;

export function mountExecutionLists(routes: PageRoutes): void {
  routes.kept("/workflows/executions", all);
  routes.page("/workflows/:id/executions", ofWorkflow);
  routes.form("/workflows/executions/cancel", cancelChosen);
}

function all(call: PageCall): Answer {
  const { context, request } = call;
  const page = executionsPage(frameOf(context, request), listOf(call, null));
  return html(page, 200, shownToast(request));
}

function ofWorkflow(call: PageCall): Answer {
  const { id, slug, name } = workflowOf(call);
  const list = listOf(call, { id, slug, name });
  return answerTab(call, "executions", () =>
    ExecutionTable({ list, frame: frameOf(call.context, call.request) }),
  );
}

function listOf(
  { context, url }: PageCall,
  workflow: { id: string; slug: string; name: string } | null,
): ExecutionList {
  const { store } = context;
  const query = queryOf(url.searchParams);
  const page = listExecutions(store, {
    workflow_id: workflow?.id ?? null,
    status: executionStatuses.find((status) => status === query.status) ?? null,
    live: query.status === "live",
    trigger: triggers.find((trigger) => trigger === query.trigger) ?? null,
    search: query.search === "" ? null : query.search,
    sort: query.sort === "started_at" ? "started_at" : "-started_at",
    limit: rowsAPage,
    cursor: url.searchParams.get("cursor"),
  });
  return {
    query,
    workdir: context.options.workdir,
    rows: page.items.map((execution): ExecutionRow => ({ execution, place: placeOf(store, execution) })),
    total: page.total_count,
    damaged: page.damaged ?? 0,
    next: page.next_cursor,
    previous: page.prev_cursor,
    workflow,
  };
}

function queryOf(given: URLSearchParams): ExecutionQuery {
  return {
    status: (given.get("status") ?? "").slice(0, 20),
    trigger: (given.get("trigger") ?? "").slice(0, 20),
    search: (given.get("search") ?? "").slice(0, 200),
    sort: given.get("sort") === "started_at" ? "started_at" : "-started_at",
  };
}

/** `at Build UI, 6 of 10`; for one that has failed, the reason. */
function placeOf(store: Store, execution: ExecutionRecord): string {
  const { run_id, status, progress_done, progress_total } = execution;
  const progress = `${progress_done} of ${progress_total}`;
  if (hasEnded(status) && status !== "failed") return progress;
  const steps = soundSteps(store, run_id);
  if (!steps) return 'damaged: "skillmeat doctor" says more';
  if (status === "failed") return failureOf(execution, steps) ?? progress;
  const now =
    steps.find(waitsForPeople) ??
    steps.find((step) => step.status === "running" || step.status === "retry_wait");
  return now ? `at ${now.stage_name}, ${progress}` : progress;
}

/** `Build UI: exit 3`: the stage that failed first, and why. */
function failureOf({ error_message }: ExecutionRecord, steps: readonly StepRecord[]): string | null {
  const failed = steps
    .filter(({ status }) => status === "failed" || status === "timed_out")
    .toSorted((a, b) => (a.completed_at ?? "").localeCompare(b.completed_at ?? ""))[0];
  const why = failed?.error_message ?? error_message;
  if (why === null) return null;
  return failed && !why.includes(failed.stage_name) ? `${failed.stage_name}: ${why}` : why;
}

/**
 * Each execution is cancelled by itself: one that has ended meanwhile does not keep the others from being cancelled.
 */
function cancelChosen(call: FormCall): Promise<Answer> {
  const { context, form } = call;
  const back = backOf(form, listPath(null, queryOf(new URLSearchParams())));
  return answerForm(call, back, async () => {
    const chosen = form.getAll("run").slice(0, mostAtOnce);
    const answers = await Promise.allSettled(
      chosen.map((runId) =>
        retryWhileLocked(() => signalExecution(context, runId, { type: "cancel", reason: null })),
      ),
    );
    const done = answers.filter(({ status }) => status === "fulfilled").length;
    const text =
      chosen.length === 0
        ? "No execution was chosen."
        : `${done} of ${chosen.length} executions are being cancelled.`;
    return {
      toast: { kind: done === chosen.length && done > 0 ? "done" : "failed", text },
      location: back,
      fragments: null,
    };
  });
}

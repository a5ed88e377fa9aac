import { approvalsPage, type Approval } from "../../../views/executions/approvals.tsx";
import { waitingGates } from "../../../views/executions/gates.tsx";
import { approvalsPath } from "../../../views/paths.ts";
import type { ExecutionRecord } from "../../execution/record.ts";
import { unlessDamaged } from "../../store/damaged-row.ts";
import { listExecutions } from "../../store/list-executions.ts";
import type { Context } from "../server/server-parts.ts";
import { lastDecider } from "./decider-cookie.ts";
import { frameOf } from "./page-frame.ts";
import { html, type PageRoutes } from "./page-route.ts";
import { readExecutionView } from "./read-execution-view.ts";
import { shownToast } from "./toast-cookie.ts";

const mostLive = 1000;

export function mountApprovals(routes: PageRoutes): void {
  routes.page("/approvals", ({ context, request }) =>
    html(
      approvalsPage(frameOf(context, request), listWaitingGates(context, lastDecider(request))),
      200,
      shownToast(request),
    ),
  );
}

function listWaitingGates(context: Context, decider: string): Approval[] {
  const live = listExecutions(context.store, { live: true, limit: mostLive }).items;
  return live
    .filter(({ waiting_gates }) => waiting_gates.length > 0)
    .flatMap(({ run_id, workflow_name }) => gatesOf(context, { run_id, workflow_name }, decider))
    .toSorted((a, b) => startOf(a).localeCompare(startOf(b)));
}

function gatesOf(
  context: Context,
  { run_id, workflow_name }: Pick<ExecutionRecord, "run_id" | "workflow_name">,
  decider: string,
): Approval[] {
  // A damaged execution must not hide the gates of the others; its own page says what is wrong.
  const view = unlessDamaged(() =>
    readExecutionView(context, run_id, new URLSearchParams({ tab: "output" }), decider),
  );
  if (!view) return [];
  return waitingGates(view).map((gate) => ({
    workflowName: workflow_name,
    gate: { ...gate, back: approvalsPath, stays: false },
  }));
}

function startOf({ gate }: Approval): string {
  return gate.request?.asked_at ?? gate.step.started_at ?? "";
}

import { detailPage, type DetailTab } from "../../../views/workflows/detail.tsx";
import type { Child } from "../../../views/jsx/jsx-runtime.ts";
import { openWorkflow } from "../../operation/open-workflow.ts";
import type { WorkflowRecord } from "../../store/workflow-record.ts";
import { frameOf } from "./page-frame.ts";
import { html, type Answer, type PageCall } from "./page-route.ts";
import { shownToast } from "./toast-cookie.ts";
import { summaryOf } from "./workflow-summary.ts";

/** Answers with one tab of the workflow that the path names. Throws `AppError("not_found")` when there is none. */
export function answerTab(
  call: PageCall,
  name: DetailTab,
  content: (workflow: WorkflowRecord) => Child,
): Answer {
  const { context, request } = call;
  const record = workflowOf(call);
  const workflow = summaryOf(context.store, record);
  const frame = frameOf(context, request);
  return html(
    detailPage({ frame, workflow, tab: name, children: content(record) }),
    200,
    shownToast(request),
  );
}

export function workflowOf({ context, params }: PageCall): WorkflowRecord {
  return openWorkflow(context, params["id"] ?? "");
}

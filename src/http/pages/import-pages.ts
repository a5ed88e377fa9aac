import { importPage, type ImportDraft } from "../../../views/workflows/import-page.tsx";
import { workflowPath } from "../../../views/paths.ts";
import type { Finding } from "../../workflow/finding.ts";
import { FindingsError } from "../../workflow/findings-error.ts";
import { saveWorkflow } from "../../operation/save-workflow.ts";
import { problemOf } from "../server/problem.ts";
import { retryWhileLocked } from "../server/retry-while-locked.ts";
import { frameOf } from "./page-frame.ts";
import { html, redirect, type FormCall, type PageCall, type PageRoutes, type Answer } from "./page-route.ts";
import { shownToast, toastCookie } from "./toast-cookie.ts";

/** Imports a definition from a text. */
export function mountImport(routes: PageRoutes): void {
  routes.page("/workflows/import", (call) => showImport(call, emptyDraft));
  routes.form("/workflows/import", importText);
}

const emptyDraft: ImportDraft = { text: "", findings: [], trouble: null };

function showImport({ context, request }: PageCall, draft: ImportDraft, status = 200): Answer {
  return html(importPage(frameOf(context, request), draft), status, shownToast(request));
}

async function importText(call: FormCall): Promise<Answer> {
  const text = textOf(call.form);
  const create = async (): Promise<Answer> => {
    const saving = { text, over: null, expected: null, status: null, created_by: call.context.user };
    const { slug, name } = await retryWhileLocked(() => saveWorkflow(call.context, saving));
    return redirect(workflowPath(slug), {
      "set-cookie": toastCookie({ kind: "done", text: `Imported ${name}` }),
    });
  };
  return showAgainOnError(call, { ...emptyDraft, text }, create);
}

/** Line ends as they are in files: a browser sends them as `\r\n`. */
function textOf(form: URLSearchParams): string {
  return (form.get("text") ?? "").replaceAll("\r\n", "\n");
}

/** The form again, with the text as it was sent and what is wrong with it. */
async function showAgainOnError(
  call: FormCall,
  draft: ImportDraft,
  doIt: () => Promise<Answer>,
): Promise<Answer> {
  try {
    return await doIt();
  } catch (error) {
    const problem = problemOf(error);
    if (!problem) throw error;
    const findings: readonly Finding[] = error instanceof FindingsError ? error.details : [];
    const trouble = findings.length > 0 ? null : problem.message;
    return showImport(call, { ...draft, findings, trouble }, problem.status);
  }
}

import { sourceEditorPage, type SourceDraft } from "../../../views/workflows/source-editor.tsx";
import { workflowPath } from "../../../views/paths.ts";
import type { Finding } from "../../workflow/finding.ts";
import { FindingsError, problemOf } from "../problem.ts";
import { callEndpoint } from "./call-endpoint.ts";
import { frameOf } from "./page-frame.ts";
import { html, redirect, type FormCall, type PageCall, type PageRoutes } from "./page-route.ts";
import { shownToast, toastCookie } from "./toast-cookie.ts";

/** A definition as text, brought in. */
export function mountEditPages(routes: PageRoutes): void {
  routes.page("/workflows/import", (call) => shown(call, { ...emptyDraft, workflow: null }));
  routes.form("/workflows/import", brought);
}

const emptyDraft = { text: "", hash: "", findings: [], trouble: null, isDirty: false, theirs: null };

function shown({ context, request }: PageCall, draft: SourceDraft, status = 200): Response {
  return html(sourceEditorPage(frameOf(context, request), draft), status, shownToast(request));
}

async function brought(call: FormCall): Promise<Response> {
  const text = textOf(call.form);
  const create = async (): Promise<Response> => {
    const body = { definition: text };
    const made = await callEndpoint(call.context, "createWorkflow", {
      params: {},
      body,
      request: call.request,
    });
    const { slug, name } = made as { slug: string; name: string };
    return redirect(workflowPath(slug), {
      "set-cookie": toastCookie({ kind: "done", text: `Imported ${name}` }),
    });
  };
  return orAgain(call, { ...emptyDraft, workflow: null, text, isDirty: true }, create);
}

/** Line ends as they are in files: a browser sends them as `\r\n`. */
function textOf(form: URLSearchParams): string {
  return (form.get("text") ?? "").replaceAll("\r\n", "\n");
}

/** The form again, with the text as it was sent and what is wrong with it. */
async function orAgain(call: FormCall, draft: SourceDraft, doIt: () => Promise<Response>): Promise<Response> {
  try {
    return await doIt();
  } catch (error) {
    const problem = problemOf(error);
    if (!problem) throw error;
    const findings: readonly Finding[] =
      error instanceof FindingsError ? [...error.validation.errors, ...error.validation.warnings] : [];
    const trouble = findings.length > 0 ? null : problem.message;
    return shown(call, { ...draft, findings, trouble }, problem.status);
  }
}

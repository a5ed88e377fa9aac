import { sourceEditorPage, type SourceDraft } from "../../../views/workflows/source-editor.tsx";
import { workflowPath } from "../../../views/paths.ts";
import { fileText } from "../../collection/stored-definition.ts";
import type { Finding } from "../../workflow/finding.ts";
import { checkWorkflow } from "../../workflow/validate.ts";
import { FindingsError, problemOf } from "../problem.ts";
import { callEndpoint } from "./call-endpoint.ts";
import { artifactsOf, frameOf } from "./page-frame.ts";
import { html, redirect, type FormCall, type PageCall, type PageRoutes } from "./page-route.ts";
import { shownToast, toastCookie } from "./toast-cookie.ts";
import { workflowOf } from "./workflow-pages.ts";

/** A definition as text: edited where it is, or brought in anew. */
export function mountEditPages(routes: PageRoutes): void {
  routes.page("/workflows/import", (call) => shown(call, { ...emptyDraft, workflow: null }));
  routes.form("/workflows/import", brought);
  routes.page("/workflows/:id/edit", edit);
  routes.form("/workflows/:id/edit", saved);
}

const emptyDraft = { text: "", hash: "", findings: [], trouble: null, isDirty: false, theirs: null };

function shown({ context, request }: PageCall, draft: SourceDraft, status = 200): Response {
  return html(sourceEditorPage(frameOf(context, request), draft), status, shownToast(request));
}

function edit(call: PageCall): Response {
  const workflow = workflowOf(call);
  const text = fileText(workflow) ?? workflow.definition;
  const { validation } = checkWorkflow(text, { file: workflow.slug, artifacts: artifactsOf(call.context) });
  const findings = [...validation.errors, ...validation.warnings];
  return shown(call, { ...emptyDraft, workflow, text, hash: workflow.definition_hash, findings });
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

async function saved(call: FormCall): Promise<Response> {
  const workflow = workflowOf(call);
  const text = textOf(call.form);
  const hash = call.form.get("hash") ?? "";
  const draft = { ...emptyDraft, workflow, text, hash, isDirty: true };
  if (hash !== workflow.definition_hash) {
    const trouble =
      "Somebody has saved this workflow meanwhile. Bring the two together; saving again puts yours in its place.";
    const theirs = workflow.definition;
    return shown(call, { ...draft, hash: workflow.definition_hash, trouble, theirs }, 409);
  }
  const save = async (): Promise<Response> => {
    const request = new Request(call.request.url, { headers: { "if-match": hash } });
    const body = { definition: text };
    const params = { id: workflow.id };
    const now = (await callEndpoint(call.context, "updateWorkflow", { params, body, request })) as {
      slug: string;
    };
    const path = workflowPath(now.slug, call.form.get("after") === "close" ? "" : "edit");
    return redirect(path, { "set-cookie": toastCookie({ kind: "done", text: "Saved" }) });
  };
  return orAgain(call, draft, save);
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

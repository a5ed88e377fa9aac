import { confirmPage } from "../../../views/workflows/confirm.tsx";
import { diffLines } from "../../../views/workflows/diff.ts";
import { History } from "../../../views/workflows/history.tsx";
import { StageList } from "../../../views/workflows/stage-list.tsx";
import { WorkflowSettings } from "../../../views/workflows/workflow-settings.tsx";
import { jsx, type Child } from "../../../views/jsx/jsx-runtime.ts";
import type { Crumb } from "../../../views/layout/frame.ts";
import { workflowPath } from "../../../views/paths.ts";
import { AppError } from "../../errors.ts";
import { duplicateWorkflow } from "../../operation/duplicate-workflow.ts";
import { deleteWorkflow, saveWorkflow, setWorkflowStatus } from "../../operation/save-workflow.ts";
import { listWorkflowVersions } from "../../store/read-workflows.ts";
import type { WorkflowRecord, WorkflowVersion } from "../../store/workflow-record.ts";
import { answerForm } from "./answer-form.ts";
import { retryWhileLocked } from "../server/retry-while-locked.ts";
import { frameOf } from "./page-frame.ts";
import { html, type FormCall, type PageCall, type PageRoutes, type Answer } from "./page-route.ts";
import { wholeOf } from "./read-execution-view.ts";
import { shownToast } from "./toast-cookie.ts";
import { answerTab, workflowOf } from "./workflow-tab.ts";

const versionsAPage = 50;

export function mountWorkflowPages(routes: PageRoutes): void {
  routes.page("/workflows/:id", (call) => answerTab(call, "", StageList));
  routes.page("/workflows/:id/settings", (call) => answerTab(call, "settings", settings));
  routes.page("/workflows/:id/history", (call) =>
    answerTab(call, "history", (workflow) => history(call, workflow)),
  );
  routes.page("/workflows/:id/export", exportWorkflow);
  routes.page("/workflows/:id/delete", askDelete);
  routes.page("/workflows/:id/restore", askRestore);
  routes.form("/workflows/:id/delete", remove);
  routes.form("/workflows/:id/restore", restore);
  routes.form("/workflows/:id/duplicate", duplicate);
  routes.form("/workflows/:id/publish", (call) => setStatus(call, "published", "Published"));
  routes.form("/workflows/:id/archive", (call) => setStatus(call, "archived", "Archived"));
}

function settings({ config, context, error_policy, file, author, definition }: WorkflowRecord): Child {
  return WorkflowSettings({ config, context, errorPolicy: error_policy, file, author, source: definition });
}

function history({ context, url }: PageCall, { id, slug, definition_hash }: WorkflowRecord): Child {
  const query = url.searchParams;
  const page = listWorkflowVersions(context.store, id, {
    limit: versionsAPage,
    cursor: query.get("cursor"),
  });
  const from = findVersion(context.store, id, wholeOf(query.get("from")));
  const to = findVersion(context.store, id, wholeOf(query.get("to")));
  const compared = from && to ? { from, to, lines: diffLines(from.definition, to.definition) } : null;
  return History({
    slug,
    versions: page.items,
    current: definition_hash,
    compared,
    next: page.next_cursor,
    previous: page.prev_cursor,
    now: Date.now(),
  });
}

/** Null for 0 and for a number nobody has saved. */
function findVersion(
  store: PageCall["context"]["store"],
  workflowId: string,
  number: number,
): WorkflowVersion | null {
  if (number === 0) return null;
  for (let cursor: string | null = null; ;) {
    const page = listWorkflowVersions(store, workflowId, { limit: versionsAPage, cursor });
    const found = page.items.find((version) => version.number === number);
    if (found || page.next_cursor === null) return found ?? null;
    cursor = page.next_cursor;
  }
}

function exportWorkflow(call: PageCall): Answer {
  const workflow = workflowOf(call);
  const text = workflow.definition;
  const isJson = text.trimStart().startsWith("{");
  const name = `${workflow.slug.replaceAll(/[^\w.-]/g, "_")}.${isJson ? "json" : "yaml"}`;
  return new Response(text, {
    headers: {
      "content-type": `${isJson ? "application/json" : "application/yaml"}; charset=utf-8`,
      "content-disposition": `attachment; filename="${name}"`,
    },
  });
}

function askDelete(call: PageCall): Answer {
  const workflow = workflowOf(call);
  const page = confirmPage(frameOf(call.context, call.request), {
    about: aboutOf(workflow),
    title: `Delete ${workflow.name}?`,
    text: "Its file, its history and its entry in the collection are deleted. Its executions stay.",
    action: workflowPath(workflow.slug, "delete"),
    word: "Delete",
    isDanger: true,
  });
  return html(page, 200, shownToast(call.request));
}

function askRestore(call: PageCall): Answer {
  const workflow = workflowOf(call);
  const version = savedVersion(call, workflow, call.url.searchParams);
  const page = confirmPage(frameOf(call.context, call.request), {
    about: aboutOf(workflow),
    title: `Restore save #${version.number}?`,
    text: `The definition becomes that of v${version.version}. The present one stays in the history.`,
    action: workflowPath(workflow.slug, "restore"),
    word: "Restore",
    fields: jsx("input", { type: "hidden", name: "number", value: version.number }),
  });
  return html(page, 200, shownToast(call.request));
}

function aboutOf({ name, slug }: WorkflowRecord): Crumb {
  return { name, path: workflowPath(slug) };
}

function savedVersion(
  { context }: PageCall,
  { id, name }: WorkflowRecord,
  query: URLSearchParams,
): WorkflowVersion {
  const number = wholeOf(query.get("number"));
  const version = findVersion(context.store, id, number);
  if (!version) throw new AppError("not_found", `workflow "${name}" has no save #${number}`);
  return version;
}

function remove(call: FormCall): Promise<Answer> {
  const workflow = workflowOf(call);
  return answerForm(call, workflowPath(workflow.slug, "delete"), async () => {
    await retryWhileLocked(() => deleteWorkflow(call.context, workflowOf(call)));
    return goWithToast("/workflows", `Deleted ${workflow.name}`);
  });
}

function restore(call: FormCall): Promise<Answer> {
  const workflow = workflowOf(call);
  const back = workflowPath(workflow.slug, "history");
  return answerForm(call, back, async () => {
    const { definition, number } = savedVersion(call, workflow, call.form);
    const saving = { text: definition, expected: null, status: null, created_by: null };
    await retryWhileLocked(() => saveWorkflow(call.context, { ...saving, over: workflowOf(call) }));
    return goWithToast(back, `Restored save #${number}`);
  });
}

function duplicate(call: FormCall): Promise<Answer> {
  return answerForm(call, "/workflows", async () => {
    const { context } = call;
    const wanted = { name: null, created_by: context.user };
    const copy = await retryWhileLocked(() =>
      duplicateWorkflow(context, { ...wanted, original: workflowOf(call) }),
    );
    return goWithToast(workflowPath(copy.slug), `Made ${copy.name}`);
  });
}

function setStatus(call: FormCall, status: "published" | "archived", word: string): Promise<Answer> {
  const { slug, name } = workflowOf(call);
  return answerForm(call, workflowPath(slug), async () => {
    const change = { status, expected: null };
    await retryWhileLocked(() => setWorkflowStatus(call.context, workflowOf(call), change));
    return goWithToast(workflowPath(slug), `${word} ${name}`);
  });
}

function goWithToast(location: string, text: string) {
  return { toast: { kind: "done", text } as const, location, fragments: null };
}

import { render } from "../../../../views/jsx/jsx-runtime.ts";
import { workflowPath, withQuery } from "../../../../views/paths.ts";
import { confirmPage } from "../../../../views/workflows/confirm.tsx";
import { builderPage } from "../../../../views/workflows/builder/builder-page.tsx";
import { MoveForm } from "../../../../views/workflows/builder/move-dialog.tsx";
import { newWorkflowPage } from "../../../../views/workflows/builder/new-page.tsx";
import { StageEditor } from "../../../../views/workflows/builder/stage-editor.tsx";
import { AppError } from "../../../errors.ts";
import { keepNewDrafts, listNewDrafts, writeDraft } from "../../../store/drafts.ts";
import { answerForm } from "../answer-form.ts";
import { frameOf } from "../page-frame.ts";
import {
  html,
  redirect,
  wantsFragments,
  type FormCall,
  type PageCall,
  type PageRoutes,
  type Answer,
} from "../page-route.ts";
import { partial } from "../partial.ts";
import { shownToast, toastCookie } from "../toast-cookie.ts";
import { builderActs } from "./builder-acts.ts";
import { answerChange } from "./builder-answer.ts";
import { openOf, viewOf } from "./builder-view-of.ts";
import { keepBase, keepText, newDraft, openDraft, type OpenDraft } from "./open-draft.ts";
import { RefusedEdit } from "./refused-edit.ts";
import { discardDraft, saveDraft } from "./save-draft.ts";
import { beginnings, templateText } from "./templates.ts";

const mostNewDrafts = 50;
const shownDrafts = 10;

/** The builder: a definition as a form and as text, in step. */
export function mountBuilder(routes: PageRoutes): void {
  routes.page("/workflows/new", begin);
  routes.form("/workflows/new", begun);
  routes.page("/workflows/new/:draft", builder);
  routes.page("/workflows/new/:draft/discard", askDiscard);
  routes.form("/workflows/new/:draft/:action", acted);
  routes.page("/workflows/:id/edit", builder);
  routes.page("/workflows/:id/edit/discard", askDiscard);
  routes.form("/workflows/:id/edit/:action", acted);
}

function begin({ context, request }: PageCall): Answer {
  const drafts = listNewDrafts(context.store, shownDrafts);
  const page = newWorkflowPage(frameOf(context, request), { beginnings: beginnings(), drafts });
  return html(page, 200, shownToast(request));
}

function begun(call: FormCall): Promise<Answer> {
  return answerForm(call, "/workflows/new", async () => {
    const { name, text } = templateText(call.form.get("template") ?? "");
    const draft = newDraft(text, name);
    writeDraft(call.context.store, draft, 0);
    keepNewDrafts(call.context.store, mostNewDrafts);
    return { toast: null, location: `/workflows/new/${draft.id}`, fragments: null };
  });
}

function builder(call: PageCall): Answer {
  const { context, request, url } = call;
  const draft = openDraft(call);
  // A draft that was saved has an address of its own now.
  if (draft.workflow && call.params["draft"] !== undefined) return redirect(draft.path);
  const view = viewOf(context, draft);
  const open = openOf(context, draft, url.searchParams);
  if (wantsFragments(request) && open.editing) {
    return html(render(partial("#stage-editor", "innerHTML", StageEditor({ view, facts: open.editing }))));
  }
  if (wantsFragments(request) && open.moving) {
    return html(render(partial("#move-dialog", "innerHTML", MoveForm({ view, facts: open.moving }))));
  }
  return html(builderPage(frameOf(context, request), view, open), 200, shownToast(request));
}

function askDiscard(call: PageCall): Answer {
  const { path, row, workflow } = openDraft(call);
  const name = workflow?.name ?? row.name;
  const page = confirmPage(frameOf(call.context, call.request), {
    title: workflow ? `Discard the changes of ${name}?` : `Discard ${name}?`,
    text: workflow
      ? "What was not saved is lost. The workflow stays as it was saved last."
      : "The draft was never saved. It is lost.",
    action: `${path}/discard`,
    word: "Discard",
    isDanger: true,
    about: { name, path },
  });
  return html(page, 200, shownToast(call.request));
}

async function acted(call: FormCall): Promise<Answer> {
  const { params } = call;
  const draft = openDraft(call);
  const action = params["action"] ?? "";
  if (action === "discard") return discardDraft(call, draft);
  try {
    if (action === "save") return await saved(call, draft);
    if (action === "choose") return chosen(call, draft);
    const doIt = Object.hasOwn(builderActs, action) ? builderActs[action] : undefined;
    if (!doIt) throw new AppError("not_found", `the builder has no "${action.slice(0, 40)}"`);
    return answerChange(call, doIt(call, draft));
  } catch (error) {
    if (error instanceof RefusedEdit) return toText(call, draft, error);
    return answerForm(call, backTo(call, draft), () => Promise.reject(error));
  }
}

async function saved(call: FormCall, open: OpenDraft): Promise<Answer> {
  if (open.theirs !== null) {
    const said =
      "Not saved: the saved definition was changed meanwhile. Choose between the two versions first";
    return answerChange(call, { draft: open, said });
  }
  const { draft, word, closes } = await saveDraft(call, open);
  const text = `${word} ${draft.workflow?.name ?? ""}`;
  const isMoved = draft.path !== open.path;
  if (!closes && !isMoved && wantsFragments(call.request)) {
    return answerChange(call, { draft, said: text, isShown: true });
  }
  const location = closes && draft.workflow ? workflowPath(draft.workflow.slug) : draft.path;
  return answerForm(call, open.path, async () => ({
    toast: { kind: "done", text },
    location,
    fragments: null,
  }));
}

/** Between two versions: the saved one becomes the draft's text, or what the draft is measured against. */
function chosen(call: FormCall, draft: OpenDraft): Answer {
  const { context, form } = call;
  const { theirs, workflow } = draft;
  if (theirs === null || workflow === null)
    return answerChange(call, { draft, said: "The two are the same again" });
  const takes = form.get("choice") === "theirs";
  const kept = takes ? keepText(context, draft, { text: theirs, label: "Take the saved one" }) : draft;
  const base = { base_text: theirs, base_hash: workflow.definition_hash, workflow_id: workflow.id };
  const said = takes
    ? "The draft is the saved one now"
    : "Yours is kept; saving puts it in the other's place";
  return answerChange(call, { draft: keepBase(context, kept, base), said });
}

/** What a form cannot do is done in the text, at the line that stands in the way. */
function toText({ request }: FormCall, { path }: OpenDraft, { message, line }: RefusedEdit): Answer {
  const location = withQuery(path, { tab: "yaml", line });
  const text = `This cannot be done by the form: ${message}. Line ${line} of the text is where.`;
  const headers = { "set-cookie": toastCookie({ kind: "failed", text }) };
  return wantsFragments(request)
    ? html("", 200, { "hx-redirect": location, ...headers })
    : redirect(location, headers);
}

function backTo({ form }: FormCall, { path }: OpenDraft): string {
  const stage = form.get("part") === "editor" ? form.get("stage") : null;
  return withQuery(path, { stage });
}

import { workflowPath, withQuery } from "../../../../views/paths.ts";
import { confirmPage } from "../../../../views/workflows/confirm.tsx";
import { newWorkflowPage } from "../../../../views/workflows/builder/new-page.tsx";
import { nextTurn } from "../../../next-turn.ts";
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
import { shownToast, toastCookie } from "../toast-cookie.ts";
import { askBuilder } from "./ask-builder.ts";
import type { ChangeResult } from "./builder-answer.ts";
import type { BuilderWish } from "./builder-job.ts";
import { changeBase, changeText, keepDraft, newDraft, openDraft, type OpenDraft } from "./open-draft.ts";
import { discardDraft, saveDraft } from "./save-draft.ts";
import { beginnings, templateText } from "./templates.ts";

const mostNewDrafts = 50;
const shownDrafts = 10;

/** The builder: a definition as a form and as text, in step. */
export function mountBuilder(routes: PageRoutes): void {
  routes.page("/workflows/new", showNewPage);
  routes.form("/workflows/new", startDraft);
  routes.page("/workflows/new/:draft", builder);
  routes.page("/workflows/new/:draft/discard", askDiscard);
  routes.form("/workflows/new/:draft/:action", answerAction);
  routes.page("/workflows/:id/edit", builder);
  routes.page("/workflows/:id/edit/discard", askDiscard);
  routes.form("/workflows/:id/edit/:action", answerAction);
}

function showNewPage({ context, request }: PageCall): Answer {
  const drafts = listNewDrafts(context.store, shownDrafts);
  const page = newWorkflowPage(frameOf(context, request), { beginnings: beginnings(), drafts });
  return html(page, 200, shownToast(request));
}

function startDraft(call: FormCall): Promise<Answer> {
  return answerForm(call, "/workflows/new", async () => {
    const { name, text } = templateText(call.form.get("template") ?? "");
    const draft = newDraft(text, name);
    writeDraft(call.context.store, draft, 0);
    keepNewDrafts(call.context.store, mostNewDrafts);
    return { toast: null, location: `/workflows/new/${draft.id}`, fragments: null };
  });
}

async function builder(call: PageCall): Promise<Answer> {
  const { context, request, url } = call;
  const draft = openDraft(call);
  // A saved draft has an address of its own now.
  if (draft.workflow && call.params["draft"] !== undefined) return redirect(draft.path);
  const { asset: _, ...frame } = frameOf(context, request);
  const answer = await ask(call, draft, { kind: "page", query: url.search, frame });
  return answer instanceof Response ? answer : { ...answer, headers: shownToast(request) };
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

async function answerAction(call: FormCall): Promise<Answer> {
  const { params, form } = call;
  const draft = openDraft(call);
  const action = params["action"] ?? "";
  if (action === "discard") return discardDraft(call, draft);
  try {
    if (action === "save") return await answerSave(call, draft);
    if (action === "choose") return await answerChoice(call, draft);
    return await ask(call, draft, { kind: "act", action, form: [...form] });
  } catch (error) {
    return answerForm(call, backTo(call, draft), () => Promise.reject(error));
  }
}

/** The answer to a request about a draft, after the changed draft was stored. */
async function ask({ context, request }: PageCall, draft: OpenDraft, wish: BuilderWish): Promise<Answer> {
  const { options, home, userHome } = context;
  const { workdir } = options;
  const asker = {
    place: { beside: workdir, workdir, home, userHome },
    wantsFragments: wantsFragments(request),
    revision: Number(request.headers.get("x-builder-revision")),
    isYaml: request.headers.get("x-builder-tab") === "yaml",
  };
  // Opening the draft has taken a while, and so does what follows.
  await nextTurn();
  const result = await askBuilder({ draft, asker, now: new Date(), wish });
  if (result.kind === "refused") return toText(request, draft, result);
  const { answer, changed } = result;
  if (changed) keepDraft(context, draft, changed);
  return "location" in answer ? redirect(answer.location, answer.headers) : answer;
}

async function answerSave(call: FormCall, open: OpenDraft): Promise<Answer> {
  if (open.theirs !== null) {
    const said =
      "Not saved: the saved definition was changed meanwhile. Choose between the two versions first";
    return ask(call, open, { kind: "show", done: { draft: open, said } });
  }
  const { draft, word, closes } = await saveDraft(call, open);
  const text = `${word} ${draft.workflow?.name ?? ""}`;
  const isMoved = draft.path !== open.path;
  if (!closes && !isMoved && wantsFragments(call.request)) {
    return ask(call, draft, { kind: "show", done: { draft, said: text, isShown: true } });
  }
  const location = closes && draft.workflow ? workflowPath(draft.workflow.slug) : draft.path;
  return answerForm(call, open.path, async () => ({
    toast: { kind: "done", text },
    location,
    fragments: null,
  }));
}

/** Between two versions: the saved one becomes the draft's text, or what the draft is measured against. */
function answerChoice(call: FormCall, draft: OpenDraft): Promise<Answer> {
  const { theirs, workflow } = draft;
  const show = (done: ChangeResult): Promise<Answer> => ask(call, draft, { kind: "show", done });
  if (theirs === null || workflow === null) return show({ draft, said: "The two are the same again" });
  const now = new Date();
  const takes = call.form.get("choice") === "theirs";
  const changed = takes ? changeText(draft, now, { text: theirs, label: "Take the saved one" }) : draft;
  const base = { base_text: theirs, base_hash: workflow.definition_hash, workflow_id: workflow.id };
  const said = takes
    ? "The draft is the saved one now"
    : "Yours is kept; saving puts it in the other's place";
  return show({ draft: changeBase(changed, now, base), said });
}

/** What a form cannot do is done in the text, at the line that prevents it. */
function toText(
  request: Request,
  { path }: OpenDraft,
  { message, line }: { message: string; line: number },
): Answer {
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

import { render, type Html } from "../../../../views/jsx/jsx-runtime.ts";
import { BuilderActions, BuilderState } from "../../../../views/workflows/builder/builder-actions.tsx";
import { ToastLine } from "../../../../views/layout/toasts.tsx";
import { domId, type BuilderView } from "../../../../views/workflows/builder/builder-view.ts";
import { Conflict } from "../../../../views/workflows/builder/conflict.tsx";
import { FindingList } from "../../../../views/workflows/builder/finding-list.tsx";
import { Flow } from "../../../../views/workflows/builder/flow.tsx";
import { PlanPart, SideForm } from "../../../../views/workflows/builder/side.tsx";
import { StageCard } from "../../../../views/workflows/builder/stage-card.tsx";
import { StageEditor } from "../../../../views/workflows/builder/stage-editor.tsx";
import { UndoToast } from "../../../../views/workflows/builder/undo-toast.tsx";
import { YamlNow } from "../../../../views/workflows/builder/yaml-pane.tsx";
import type { Context } from "../../server/server-parts.ts";
import { html, redirect, wantsFragments, type FormCall, type Answer } from "../page-route.ts";
import { partial } from "../partial.ts";
import { toastCookie } from "../toast-cookie.ts";
import { viewOf } from "./builder-view-of.ts";
import type { OpenDraft } from "./open-draft.ts";

/** What became of a change. */
export interface Done {
  draft: OpenDraft;
  /** For those who cannot see it, and for a page without scripts. */
  said: string;
  /** The key of the stage whose form is to be open, or is open already. */
  editing?: string | null;
  /** True: the form is to be opened. */
  opens?: boolean;
  /** True: the message is shown, with a button that takes the change back. */
  canUndo?: boolean;
  /** The id of what is to have the focus. */
  focus?: string;
  /** True: the message is shown, not only said. */
  isShown?: boolean;
  /** The text as the page has it already. */
  text?: string;
}

/**
 * The page as it is after a change: to a script the parts that have changed since the revision it shows, to a browser
 * without one the way to the page.
 */
export function answerChange(call: FormCall, done: Done): Answer {
  const { context, request } = call;
  const { draft, said, editing = null, focus } = done;
  if (!wantsFragments(request)) {
    const query = editing === null ? "" : `?stage=${encodeURIComponent(editing)}`;
    // Without scripts nobody can take a message away that lies over the form.
    const cookie =
      said === "" || editing !== null ? {} : { "set-cookie": toastCookie({ kind: "done", text: said }) };
    return redirect(`${draft.path}${query}${focus === undefined ? "" : `#${focus}`}`, cookie);
  }
  const view = viewOf(context, draft);
  const isYaml = request.headers.get("x-builder-tab") === "yaml";
  const parts = changedParts(context, draft.row.id, view, {
    revision: Number(request.headers.get("x-builder-revision")),
    hasFlow: !isYaml,
  });
  const hasText = isYaml && view.text !== done.text;
  if (hasText) parts.push(partial("#yaml-now", "outerHTML", YamlNow({ text: view.text })));
  const more: Html[] = said === "" ? [] : [partial("#say", "innerHTML", said)];
  const facts = editing === null ? undefined : view.stages.find(({ key }) => key === editing);
  if (facts && done.opens) more.push(partial("#stage-editor", "innerHTML", StageEditor({ view, facts })));
  else if (facts) more.push(partial("#stage-form", "outerMorph", StageEditor({ view, facts })));
  if (done.isShown)
    more.push(partial("#toasts", "beforeend", ToastLine({ toast: { kind: "done", text: said } })));
  if (done.canUndo) more.push(partial("#toasts", "beforeend", UndoToast({ view, text: said })));
  const headers = {
    ...(hasText ? { "x-builder-text": "yaml-now" } : {}),
    ...(done.opens ? { "x-builder-open": "stage-editor" } : {}),
    ...(focus === undefined ? {} : { "x-builder-focus": focus }),
  };
  return html([...parts, ...more].map(render).join("\n"), 200, headers);
}

interface Sent {
  revision: number;
  texts: ReadonlyMap<string, string>;
}

const mostSent = 16;
const sentParts = new WeakMap<Context, Map<string, Sent>>();

/** Only a help against needless work: a page that shows another revision, or is not known here, gets everything. */
function changedParts(
  context: Context,
  draftId: string,
  view: BuilderView,
  { revision, hasFlow }: { revision: number; hasFlow: boolean },
): Html[] {
  const known = sentParts.get(context) ?? new Map<string, Sent>();
  sentParts.set(context, known);
  const last = known.get(draftId);
  const before = last?.revision === revision ? last.texts : new Map<string, string>();
  const texts = new Map<string, string>();
  const changed: Html[] = [];
  const add = (id: string, part: Html, isSent = true): boolean => {
    const text = render(part).replaceAll(/name="revision" value="\d+"/g, "");
    texts.set(id, text);
    if (before.get(id) === text) return false;
    if (isSent) changed.push(partial(`#${id}`, "outerMorph", part));
    return true;
  };
  add("builder-state", BuilderState({ view }));
  add("builder-actions", BuilderActions({ view }));
  add("builder-conflict", Conflict({ view }));
  add("builder-findings", FindingList({ view, tab: hasFlow ? "stages" : "yaml" }));
  add("builder-plan", PlanPart({ view }));
  add("side-form", SideForm({ view }));
  if (hasFlow) addFlow(view, before, { texts, changed, add });
  known.delete(draftId);
  known.set(draftId, { revision: view.revision, texts });
  for (const oldest of known.keys()) {
    if (known.size <= mostSent) break;
    known.delete(oldest);
  }
  return changed;
}

interface Adding {
  texts: Map<string, string>;
  changed: Html[];
  add: (id: string, part: Html, isSent?: boolean) => boolean;
}

/** Card by card while they stand where they stood; else the flow as a whole. */
function addFlow(
  view: BuilderView,
  before: ReadonlyMap<string, string>,
  { texts, changed, add }: Adding,
): void {
  const order = view.rows.map((row) => row.map(({ key }) => JSON.stringify(key)).join(" ")).join("\n");
  const isSame = before.get("order") === order;
  texts.set("order", order);
  for (const row of view.rows) {
    for (const facts of row) {
      add(`card-${domId(facts.key)}`, StageCard({ view, facts, beside: row.length }), isSame);
    }
  }
  if (!isSame) changed.push(partial("#flow", "outerMorph", Flow({ view })));
}

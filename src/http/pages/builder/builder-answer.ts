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
import type { Page } from "../page-route.ts";
import { updatePart } from "../../../../views/layout/fragment.ts";
import { toastCookie } from "../toast-cookie.ts";
import { viewOf, type DraftPlace } from "./builder-view-of.ts";
import { textAt } from "./draft-changes.ts";
import type { OpenDraft } from "./open-draft.ts";

/** What became of a change. */
export interface ChangeResult {
  draft: OpenDraft;
  /** The message for people who cannot see the change, and for a page without scripts. */
  said: string;
  /** The key of the stage whose form is to be open, or is open already. */
  editing?: string | null;
  /** True: the form is to be opened. */
  opens?: boolean;
  /** True: the message is shown, with a button that takes the change back. */
  canUndo?: boolean;
  /** The id of the element that gets the focus. */
  focus?: string;
  /** True: the message is shown, not only announced. */
  isShown?: boolean;
  /** The text as the page has it already. */
  text?: string;
}

/** A request for an answer, as plain values. */
export interface Asker {
  place: DraftPlace;
  /** False: a browser without scripts. */
  wantsFragments: boolean;
  /** The revision that the page shows. */
  revision: number;
  isYaml: boolean;
}

/** Another address to go to. */
export interface Redirection {
  location: string;
  headers: Record<string, string>;
}

/**
 * The page as it is after a change: to a script the parts that have changed since the revision it shows, to a browser
 * without one the way to the page. `before`: the draft before the change.
 */
export function answerChange(asker: Asker, before: OpenDraft, done: ChangeResult): Page | Redirection {
  const { draft, said, editing = null, focus } = done;
  const { place, isYaml } = asker;
  if (!asker.wantsFragments) {
    const query = editing === null ? "" : `?stage=${encodeURIComponent(editing)}`;
    // Without scripts nobody could close a message that lies over the form.
    const headers: Record<string, string> =
      said === "" || editing !== null ? {} : { "set-cookie": toastCookie({ kind: "done", text: said }) };
    return { location: `${draft.path}${query}${focus === undefined ? "" : `#${focus}`}`, headers };
  }
  const view = viewOf(place, draft);
  const parts = changedParts(view, {
    id: draft.row.id,
    shown: textAt(before.row.text, before.changes, before.row.revision, asker.revision),
    hasFlow: !isYaml,
  });
  const hasText = isYaml && view.text !== done.text;
  if (hasText) parts.push(updatePart("#yaml-now", "outerHTML", YamlNow({ text: view.text })));
  const more: Html[] = said === "" ? [] : [updatePart("#say", "innerHTML", said)];
  const facts = editing === null ? undefined : view.stages.find(({ key }) => key === editing);
  if (facts && done.opens) more.push(updatePart("#stage-editor", "innerHTML", StageEditor({ view, facts })));
  else if (facts) more.push(updatePart("#stage-form", "outerMorph", StageEditor({ view, facts })));
  if (done.isShown)
    more.push(updatePart("#toasts", "beforeend", ToastLine({ toast: { kind: "done", text: said } })));
  if (done.canUndo) more.push(updatePart("#toasts", "beforeend", UndoToast({ view, text: said })));
  const headers = {
    ...(hasText ? { "x-builder-text": "yaml-now" } : {}),
    ...(done.opens ? { "x-builder-open": "stage-editor" } : {}),
    ...(focus === undefined ? {} : { "x-builder-focus": focus }),
  };
  return { markup: [...parts, ...more].map(render).join("\n"), status: 200, headers };
}

interface SentParts {
  /** The definition that the parts show. */
  of: string;
  parts: ReadonlyMap<string, string>;
}

const mostSent = 16;
const sentParts = new Map<string, SentParts>();

/** Only avoids needless work: a page that shows another text, or is not known here, gets everything. */
function changedParts(
  view: BuilderView,
  { id: draftId, shown, hasFlow }: { id: string; shown: string | null; hasFlow: boolean },
): Html[] {
  const last = sentParts.get(draftId);
  const before = last && last.of === shown ? last.parts : new Map<string, string>();
  const texts = new Map<string, string>();
  const changed: Html[] = [];
  const add = (id: string, part: Html, isSent = true): boolean => {
    const text = render(part).replaceAll(/name="revision" value="\d+"/g, "");
    texts.set(id, text);
    if (before.get(id) === text) return false;
    if (isSent) changed.push(updatePart(`#${id}`, "outerMorph", part));
    return true;
  };
  add("builder-state", BuilderState({ view }));
  add("builder-actions", BuilderActions({ view }));
  add("builder-conflict", Conflict({ view }));
  add("builder-findings", FindingList({ view, tab: hasFlow ? "stages" : "yaml" }));
  add("builder-plan", PlanPart({ view }));
  add("side-form", SideForm({ view }));
  if (hasFlow) addFlow(view, before, { texts, changed, add });
  sentParts.delete(draftId);
  sentParts.set(draftId, { of: view.text, parts: texts });
  for (const oldest of sentParts.keys()) {
    if (sentParts.size <= mostSent) break;
    sentParts.delete(oldest);
  }
  return changed;
}

interface PartCollector {
  texts: Map<string, string>;
  changed: Html[];
  add: (id: string, part: Html, isSent?: boolean) => boolean;
}

/** Single cards are redrawn while they keep their places; otherwise the whole flow is. */
function addFlow(
  view: BuilderView,
  before: ReadonlyMap<string, string>,
  { texts, changed, add }: PartCollector,
): void {
  const order = view.rows.map((row) => row.map(({ key }) => JSON.stringify(key)).join(" ")).join("\n");
  const isSame = before.get("order") === order;
  texts.set("order", order);
  for (const row of view.rows) {
    for (const facts of row) {
      add(`card-${domId(facts.key)}`, StageCard({ view, facts, beside: row.length }), isSame);
    }
  }
  if (!isSame) changed.push(updatePart("#flow", "outerMorph", Flow({ view })));
}

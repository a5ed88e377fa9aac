import type { Frame } from "../../../../views/layout/frame.ts";
import { builderPage } from "../../../../views/workflows/builder/builder-page.tsx";
import { MoveForm } from "../../../../views/workflows/builder/move-dialog.tsx";
import { StageEditor } from "../../../../views/workflows/builder/stage-editor.tsx";
import { render } from "../../../../views/jsx/jsx-runtime.ts";
import { AppError } from "../../../errors.ts";
import { assetUrl } from "../../server/assets.ts";
import type { Page } from "../page-route.ts";
import { updatePart } from "../../../../views/layout/fragment.ts";
import { builderActs } from "./builder-acts.ts";
import { answerChange, type Asker, type ChangeResult, type Redirection } from "./builder-answer.ts";
import { openOf, viewOf } from "./builder-view-of.ts";
import type { OpenDraft } from "./open-draft.ts";
import { RefusedEdit } from "./refused-edit.ts";

/** A request about a draft, as plain values so that another thread may do it. */
export interface BuilderJob {
  draft: OpenDraft;
  asker: Asker;
  now: Date;
  wish: BuilderWish;
}

export type BuilderWish =
  /** The page, or what of it is opened. */
  | { kind: "page"; query: string; frame: Omit<Frame, "asset"> }
  /** A change by a form. */
  | { kind: "act"; action: string; form: [string, string][] }
  /** The page after a change that was made already. */
  | { kind: "show"; done: ChangeResult };

/** The changed draft, which is not stored yet (null: it is unchanged), and the answer. */
export type BuilderResult =
  | { kind: "answer"; changed: OpenDraft | null; answer: Page | Redirection }
  | { kind: "refused"; message: string; line: number };

/** Throws `AppError`. */
export function doBuilderJob({ draft, asker, now, wish }: BuilderJob): BuilderResult {
  switch (wish.kind) {
    case "page":
      return { kind: "answer", changed: null, answer: drawPage(draft, asker, wish) };
    case "show":
      return answerTo(draft, asker, wish.done);
    case "act":
      return change(draft, asker, now, wish);
    default:
      return wish satisfies never;
  }
}

function drawPage(
  draft: OpenDraft,
  { place, wantsFragments }: Asker,
  { query, frame }: Extract<BuilderWish, { kind: "page" }>,
): Page {
  const view = viewOf(place, draft);
  const open = openOf(place, draft, new URLSearchParams(query));
  const answer = (markup: string): Page => ({ markup, status: 200, headers: {} });
  if (wantsFragments && open.editing) {
    return answer(
      render(updatePart("#stage-editor", "innerHTML", StageEditor({ view, facts: open.editing }))),
    );
  }
  if (wantsFragments && open.moving) {
    return answer(render(updatePart("#move-dialog", "innerHTML", MoveForm({ view, facts: open.moving }))));
  }
  return answer(builderPage({ ...frame, asset: assetUrl }, view, open));
}

function change(
  draft: OpenDraft,
  asker: Asker,
  now: Date,
  { action, form }: Extract<BuilderWish, { kind: "act" }>,
): BuilderResult {
  const act = Object.hasOwn(builderActs, action) ? builderActs[action] : undefined;
  if (!act) throw new AppError("not_found", `the builder has no "${action.slice(0, 40)}"`);
  try {
    const done = act({ form: new URLSearchParams(form), place: asker.place, now }, draft);
    return answerTo(draft, asker, done);
  } catch (error) {
    if (!(error instanceof RefusedEdit)) throw error;
    return { kind: "refused", message: error.message, line: error.line };
  }
}

function answerTo(draft: OpenDraft, asker: Asker, done: ChangeResult): BuilderResult {
  const changed = done.draft === draft ? null : done.draft;
  return { kind: "answer", changed, answer: answerChange(asker, draft, done) };
}

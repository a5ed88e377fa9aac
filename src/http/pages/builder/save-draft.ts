import { formWords } from "../../../../views/workflows/builder/form-words.ts";
import { workflowPath } from "../../../../views/paths.ts";
import { AppError } from "../../../errors.ts";
import { deleteDraft } from "../../../store/drafts.ts";
import type { WorkflowRecord } from "../../../store/workflow-record.ts";
import { FindingsError } from "../../../workflow/findings-error.ts";
import { answerForm, type FormResult } from "../answer-form.ts";
import { retryWhileLocked } from "../../server/retry-while-locked.ts";
import type { Answer, FormCall } from "../page-route.ts";
import { changeBase, keepDraft, savedOf, type OpenDraft } from "./open-draft.ts";
import { openWorkflow } from "../../../operation/open-workflow.ts";
import { saveWorkflow } from "../../../operation/save-workflow.ts";

const statuses = { publish: "published", archive: "archived" } as const;
const words = { publish: "Saved and published", archive: "Saved and archived" } as const;

/** The draft's text as the saved definition. The draft stays, so that changes can be taken back after it. */
export async function saveDraft(
  call: FormCall,
  draft: OpenDraft,
): Promise<{ draft: OpenDraft; word: string; closes: boolean }> {
  const { context, form } = call;
  const then = form.get("then");
  const status = then === "publish" || then === "archive" ? statuses[then] : undefined;
  const word = then === "publish" || then === "archive" ? words[then] : "Saved";
  const saved = await save(call, draft, status);
  const base = { base_text: draft.row.text, base_hash: saved.definition_hash, workflow_id: saved.id };
  const path = workflowPath(saved.slug, "edit");
  const measured = changeBase(draft, new Date(), base);
  keepDraft(context, draft, measured);
  return {
    draft: { ...measured, workflow: savedOf(saved), path },
    word,
    closes: then === "close",
  };
}

/** Deletes the draft; the saved definition stays. */
export function discardDraft(call: FormCall, draft: OpenDraft): Promise<Answer> {
  return answerForm(call, draft.path, async (): Promise<FormResult> => {
    deleteDraft(call.context.store, draft.row.id);
    const text = draft.workflow ? "The changes are discarded" : `Discarded ${draft.row.name}`;
    return {
      toast: { kind: "done", text },
      location: draft.workflow ? workflowPath(draft.workflow.slug) : "/workflows/new",
      fragments: null,
    };
  });
}

async function save(
  { context }: FormCall,
  { row, workflow }: OpenDraft,
  status: "published" | "archived" | undefined,
): Promise<WorkflowRecord> {
  const saving = { text: row.text, status: status ?? null };
  try {
    return await retryWhileLocked(() =>
      workflow
        ? saveWorkflow(context, {
            ...saving,
            over: openWorkflow(context, workflow.id),
            expected: [row.base_hash],
            created_by: null,
          })
        : saveWorkflow(context, { ...saving, over: null, expected: null, created_by: context.user }),
    );
  } catch (error) {
    if (!(error instanceof FindingsError)) throw error;
    const errors = error.details.filter(({ severity }) => severity === "error");
    const { length } = errors;
    const [first] = errors;
    const count = length === 1 ? "An error stands" : `${length} errors stand`;
    const of = first?.stage_id == null ? "" : `stage "${first.stage_id}": `;
    const said = first ? of + formWords(first).message : error.message;
    throw new AppError(
      "invalid_definition",
      `${count} in the way of saving; the draft is kept. the first: ${said}`,
    );
  }
}

import { describe, expect, test } from "bun:test";
import { openTestStore } from "../testing/open-test-store.ts";
import {
  deleteDraft,
  draftOfWorkflow,
  findDraft,
  keepNewDrafts,
  listNewDrafts,
  writeDraft,
  type DraftRow,
} from "./drafts.ts";

describe("a draft", () => {
  test("is kept with its text, and changed from the revision it was read at", () => {
    const store = openTestStore();
    expect(writeDraft(store, aDraft({ revision: 1 }), 0)).toBe(true);
    expect(writeDraft(store, aDraft({ revision: 2, text: "two" }), 1)).toBe(true);
    expect(findDraft(store, "d")).toMatchObject({ revision: 2, text: "two" });
  });

  test("is not written over by somebody who has not seen the last change", () => {
    const store = openTestStore();
    writeDraft(store, aDraft({ revision: 2 }), 0);
    expect(writeDraft(store, aDraft({ revision: 2, text: "late" }), 1)).toBe(false);
    expect(writeDraft(store, aDraft({ revision: 1, text: "late" }), 0)).toBe(false);
    expect(findDraft(store, "d")?.text).toBe("one");
  });

  test("is gone when it is deleted, and is nobody's without a workflow", () => {
    const store = openTestStore();
    writeDraft(store, aDraft({}), 0);
    expect(draftOfWorkflow(store, "w")).toBeNull();
    deleteDraft(store, "d");
    expect(findDraft(store, "d")).toBeNull();
  });

  test("without a workflow is listed, the last changed first, and only so many are kept", () => {
    const store = openTestStore();
    for (const id of ["a", "b", "c"])
      writeDraft(store, aDraft({ id, updated_at: `2026-01-0${id === "b" ? 3 : 1}` }), 0);
    expect(listNewDrafts(store, 10).map(({ id }) => id)).toEqual(["b", "c", "a"]);
    keepNewDrafts(store, 2);
    expect(listNewDrafts(store, 10).map(({ id }) => id)).toEqual(["b", "c"]);
  });
});

function aDraft(given: Partial<DraftRow>): DraftRow {
  const at = "2026-01-01T00:00:00.000Z";
  const base = { base_text: "", base_hash: "", changes_json: "[]", created_at: at, updated_at: at };
  return { id: "d", workflow_id: null, name: "Draft", text: "one", revision: 1, ...base, ...given };
}

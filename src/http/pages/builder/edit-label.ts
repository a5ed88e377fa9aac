import type { Edit } from "../../../workflow/edit/edit.ts";

/** What edits of a form do, for the button that takes them back: `Edit timeout of Review`. */
export function labelOf(edits: readonly Edit[], owner: string): string {
  const of = owner === "" ? "" : ` of ${owner}`;
  const [first] = edits;
  if (!first) return `Edit${of}`;
  if (edits.length > 1 && edits.some((edit) => fieldOf(edit) !== fieldOf(first)))
    return owner === "" ? "Edit" : `Edit ${owner}`;
  return `${first.kind === "remove" ? "Clear" : "Edit"} ${fieldOf(first)}${of}`;
}

function fieldOf(edit: Edit): string {
  if (edit.kind === "rename_stage" || edit.kind === "duplicate_stage") return "id";
  const names = edit.path.filter((step) => typeof step === "string");
  return (names.at(-1) ?? "it").replaceAll("_", " ");
}

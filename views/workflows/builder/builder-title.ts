import type { BuilderView } from "./builder-view.ts";

/** What the browser's tab says: a dot before what is not saved. */
export function titleOf({ workflow, name, isDirty }: BuilderView): string {
  return `${isDirty ? "● " : ""}${workflow ? "Edit" : "New:"} ${name}`;
}

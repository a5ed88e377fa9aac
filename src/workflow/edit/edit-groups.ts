import type { Edit, Path } from "./edit.ts";
import { rootStages } from "../stage-walk.ts";

/** Edits in their order, in groups that touch different parts: each group needs the text read only once. */
export function editGroups(edits: readonly Edit[]): Edit[][] {
  const groups: Edit[][] = [];
  let touched: Path[] = [];
  for (const edit of edits) {
    const path = touchedPath(edit);
    const group = groups.at(-1);
    if (group && path && !touched.some((other) => isWithin(path, other) || isWithin(other, path))) {
      group.push(edit);
      touched.push(path);
      continue;
    }
    groups.push([edit]);
    // After a rename any text may be another: nothing joins it.
    touched = [path ?? []];
  }
  return groups;
}

/** What of the tree an edit may change, and where paths may lead elsewhere after it. Null: anything. */
function touchedPath(edit: Edit): Path | null {
  switch (edit.kind) {
    case "set":
    case "insert":
    case "move":
      return edit.path;
    case "remove":
      return typeof edit.path.at(-1) === "number" ? edit.path.slice(0, -1) : edit.path;
    case "rename_key":
    case "rename_stage":
      return null;
    case "duplicate_stage":
      return rootStages;
    default:
      return edit satisfies never;
  }
}

function isWithin(path: Path, other: Path): boolean {
  return other.every((step, at) => path[at] === step);
}

import { child } from "../source-node.ts";
import { itemInBlock } from "./block-entries.ts";
import { collectionOf } from "./collection.ts";
import type { Edit } from "./edit.ts";
import { isMap, stepIn, withItem } from "./edited-value.ts";
import { insertTextInFlow } from "./flow-entries.ts";
import type { Editing, PlannedEdit } from "./plan-edit.ts";
import { refuseTaken, stageAt } from "./plan-rename.ts";
import { placeAt, refuseShared } from "./text-layout.ts";
import { writeScalar } from "./write-scalar.ts";

/** The text of the stage once more, right below, with another id. */
export function planDuplicateStage(
  editing: Editing,
  { id, to }: Extract<Edit, { kind: "duplicate_stage" }>,
): PlannedEdit {
  const { source, layout, value, trouble } = editing;
  const at = stageAt(editing, id);
  refuseTaken(editing, to);
  const holder = collectionOf(placeAt(layout, ["stages"]).value);
  const { entry } = placeAt(layout, ["stages", at]);
  const own = child(child(child(source.root, "stages"), at), "id");
  if (!holder || !entry || own?.kind !== "scalar")
    return trouble(`stage "${id}" cannot be copied`, ["stages", at]);
  refuseShared(entry, ["stages", at]);
  const stage = stepIn(stepIn(value, "stages") ?? null, at) ?? null;
  const copy = isMap(stage) ? Object.fromEntries([...Object.entries(stage), ["id", to]]) : stage;
  const expected = withItem(value, ["stages"], at + 1, copy, trouble);
  const like = own.style === "literal" || own.style === "folded" ? null : own.style;
  const name = writeScalar(to, { isFlow: true, like }, layout.style);
  const copied = (start: number, end: number): string =>
    layout.text.slice(start, own.start) + name + layout.text.slice(own.end, end);
  const way = () => {
    if (holder.isFlow) return insertTextInFlow(layout, holder, at + 1, copied(entry.start, entry.end));
    const item = itemInBlock(layout, holder, at);
    return [item.splice(copied(item.start, item.end))];
  };
  return { expected, ways: [way] };
}

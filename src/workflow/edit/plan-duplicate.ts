import type { Value } from "../../expression/value.ts";
import { nodeAt } from "../source-node.ts";
import { listOfStage } from "../stage-walk.ts";
import { itemInBlock } from "./block-entries.ts";
import { mapOrListOf } from "./map-or-list.ts";
import type { Edit } from "./edit.ts";
import { isMap, stepIn, withItem } from "./edited-value.ts";
import { insertTextInFlow } from "./flow-entries.ts";
import type { Editing, PlannedEdit } from "./plan-edit.ts";
import { refuseTaken, findStage } from "./plan-rename.ts";
import { placeAt, refuseShared } from "./text-layout.ts";
import { writeScalar } from "./write-scalar.ts";

/** The text of the stage once more, right below, with another id. */
export function planDuplicateStage(
  editing: Editing,
  { id, to }: Extract<Edit, { kind: "duplicate_stage" }>,
): PlannedEdit {
  const { source, layout, value, trouble } = editing;
  const place = findStage(editing, id);
  const { at, path } = place;
  const list = listOfStage(place);
  refuseTaken(editing, to);
  const holder = mapOrListOf(placeAt(layout, list).value);
  const { entry } = placeAt(layout, path);
  const own = nodeAt(source.root, [...path, "id"]);
  if (!holder || !entry || own?.kind !== "scalar") return trouble(`stage "${id}" cannot be copied`, path);
  refuseShared(entry, path);
  const stage = path.reduce<Value>((each, step) => stepIn(each, step) ?? null, value);
  const copy = isMap(stage) ? Object.fromEntries([...Object.entries(stage), ["id", to]]) : stage;
  const expected = withItem(value, list, at + 1, copy, trouble);
  const like = own.style === "literal" || own.style === "folded" ? null : own.style;
  const name = writeScalar(to, { isFlow: true, like }, layout.style);
  const copyText = (start: number, end: number): string =>
    layout.text.slice(start, own.start) + name + layout.text.slice(own.end, end);
  const way = () => {
    if (holder.isFlow) return insertTextInFlow(layout, holder, at + 1, copyText(entry.start, entry.end));
    const item = itemInBlock(layout, holder, at);
    return [item.splice(copyText(item.start, item.end))];
  };
  return { expected, ways: [way] };
}

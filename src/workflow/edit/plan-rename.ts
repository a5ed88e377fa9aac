import { nearest } from "../../expression/nearest.ts";
import { child, textOf, type Path, type SourceNode } from "../source-node.ts";
import { endOf } from "./collection.ts";
import type { Edit } from "./edit.ts";
import { withKey, withValue } from "./edited-value.ts";
import type { Editing, PlannedEdit } from "./plan-edit.ts";
import { styleOf } from "./put-value.ts";
import { Refusal } from "./refusal.ts";
import { onceEach, renamedTexts, spliceTexts, withTexts, type RenamedText } from "./rename-references.ts";
import type { Splice } from "./splice.ts";
import { placeAt, refuseShared } from "./text-layout.ts";
import { writeKey, writeScalar } from "./write-scalar.ts";

type Of<Kind extends Edit["kind"]> = Extract<Edit, { kind: Kind }>;

export function planRenameStage(editing: Editing, { id, to }: Of<"rename_stage">): PlannedEdit {
  const { source, layout, value, trouble } = editing;
  const at = stageAt(editing, id);
  if (id === to) return { expected: value, ways: [() => []] };
  refuseTaken(editing, to);
  const named = [["stages", at, "id"], ...dependencies(source.root, id)];
  const texts = source.root ? renamedTexts(layout.text, source.root, ["stages", id], to) : [];
  const renamed = named.reduce((old, path) => withValue(old, path, to, trouble), value);
  const own = named.map((path) => scalarSplice(editing, path, to));
  return waysOf(editing, withTexts(renamed, texts, trouble), texts, own);
}

export function planRenameKey(editing: Editing, { path, to }: Of<"rename_key">): PlannedEdit {
  const { source, layout, value, trouble } = editing;
  const way = wayOf(editing, path);
  const texts = way && source.root ? renamedTexts(layout.text, source.root, way, to) : [];
  // Texts under the key itself are found by its old name.
  const expected = withKey(withTexts(value, texts, trouble), path, to, trouble);
  const { entry } = placeAt(layout, path);
  if (!entry?.key) return trouble("there is no such key", path);
  refuseShared({ ...entry, value: null }, path);
  const name = writeKey(to, styleOf(layout.text, entry.key), layout.style);
  return waysOf(editing, expected, texts, [
    {
      start: entry.key.offset,
      end: endOf(entry.key),
      text: path.at(-1) === to ? layout.text.slice(entry.key.offset, endOf(entry.key)) : name,
    },
  ]);
}

/** The number of the one stage of that id. */
export function stageAt({ source, trouble }: Editing, id: string): number {
  const ids = stageIds(source.root);
  const at = ids.indexOf(id);
  if (at < 0) {
    const meant = nearest(
      id,
      ids.filter((each) => each !== null),
    );
    trouble(`there is no stage "${id}"${meant === null ? "" : `. did you mean "${meant}"?`}`, ["stages"]);
  }
  if (ids.lastIndexOf(id) !== at) {
    trouble(`there is more than one stage "${id}". rename one in the text`, [
      "stages",
      ids.lastIndexOf(id),
      "id",
    ]);
  }
  return at;
}

export function refuseTaken({ source, trouble }: Editing, id: string): void {
  const at = stageIds(source.root).indexOf(id);
  if (at >= 0) trouble(`there is a stage "${id}" already. choose another id`, ["stages", at, "id"]);
}

function stageIds(root: SourceNode | null): (string | null)[] {
  const stages = child(root, "stages");
  return stages?.kind === "list" ? stages.items.map((stage) => textOf(child(stage, "id"))) : [];
}

function dependencies(root: SourceNode | null, id: string): Path[] {
  const stages = child(root, "stages");
  if (stages?.kind !== "list") return [];
  return stages.items.flatMap((stage, at): Path[] => {
    const list = child(stage, "depends_on");
    if (list?.kind !== "list") return [];
    return list.items.flatMap((item, index) =>
      textOf(item) === id ? [["stages", at, "depends_on", index]] : [],
    );
  });
}

/** How expressions name what a key stands for; null where they do not. */
function wayOf({ source }: Editing, path: Path): string[] | null {
  const [top, second, third, name] = path;
  if (path.length === 3 && top === "config" && typeof third === "string") {
    if (second === "parameters") return ["parameters", third];
    return second === "env" ? ["env", third] : null;
  }
  if (path.length !== 4 || top !== "stages" || third !== "outputs" || typeof name !== "string") return null;
  const id = typeof second === "number" ? (stageIds(source.root)[second] ?? null) : null;
  return id === null ? null : ["stages", id, "outputs", name];
}

function scalarSplice({ source, layout }: Editing, path: Path, to: string): Splice {
  let node = source.root;
  for (const step of path) node = child(node, step);
  if (node?.kind !== "scalar" || node.style === "literal" || node.style === "folded") {
    throw new Refusal("an id of several lines cannot be renamed here. edit the text", node?.start ?? 0);
  }
  const text = writeScalar(to, { isFlow: true, like: node.style }, layout.style);
  return { start: node.start, end: node.end, text };
}

function waysOf(
  { layout }: Editing,
  expected: PlannedEdit["expected"],
  texts: readonly RenamedText[],
  own: readonly Splice[],
): PlannedEdit {
  const way = (isWhole: boolean) => (): Splice[] =>
    onceEach([...own, ...spliceTexts(layout, texts, isWhole)]);
  return { expected, ways: [way(false), way(true)] };
}

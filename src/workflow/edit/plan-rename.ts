import { nearest } from "../../expression/nearest.ts";
import { child, nodeAt, textOf, type Path, type SourceNode } from "../source-node.ts";
import { endOf } from "./map-or-list.ts";
import type { Edit } from "./edit.ts";
import { withKey, withValue } from "./edited-value.ts";
import type { Editing, PlannedEdit } from "./plan-edit.ts";
import { styleOf } from "./put-value.ts";
import { Refusal } from "./refusal.ts";
import { onceEach, renamedTexts, spliceTexts, withTexts, type RenamedText } from "./rename-references.ts";
import type { Splice } from "./splice.ts";
import { placeAt, refuseShared } from "./text-layout.ts";
import { writeKey, writeScalar } from "./write-scalar.ts";
import { rootStages, stageOfPath, walkStageNodes, type StagePlace } from "../stage-walk.ts";

type EditOf<Kind extends Edit["kind"]> = Extract<Edit, { kind: Kind }>;

export function planRenameStage(editing: Editing, { id, to }: EditOf<"rename_stage">): PlannedEdit {
  const { source, layout, value, trouble } = editing;
  const stage = findStage(editing, id);
  if (id === to) return { expected: value, ways: [() => []] };
  refuseTaken(editing, to);
  const named = [[...stage.path, "id"], ...dependencies(source.root, id)];
  const texts = source.root ? renamedTexts(layout.text, source.root, ["stages", id], to) : [];
  const renamed = named.reduce((old, path) => withValue(old, path, to, trouble), value);
  const own = named.map((path) => scalarSplice(editing, path, to));
  return waysOf(editing, withTexts(renamed, texts, trouble), texts, own);
}

export function planRenameKey(editing: Editing, { path, to }: EditOf<"rename_key">): PlannedEdit {
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

/** The place of the one stage of that id. */
export function findStage({ source, trouble }: Editing, id: string): StagePlace {
  const stages = namedStages(source.root);
  const [found, ...others] = stages.filter((stage) => stage.id === id);
  if (!found) {
    const meant = nearest(
      id,
      stages.flatMap((stage) => stage.id ?? []),
    );
    return trouble(
      `there is no stage "${id}"${meant === null ? "" : `. did you mean "${meant}"?`}`,
      rootStages,
    );
  }
  const last = others.at(-1);
  if (last) trouble(`there is more than one stage "${id}". rename one in the text`, [...last.path, "id"]);
  return found;
}

export function refuseTaken({ source, trouble }: Editing, id: string): void {
  const found = namedStages(source.root).find((stage) => stage.id === id);
  if (found) trouble(`there is a stage "${id}" already. choose another id`, [...found.path, "id"]);
}

function namedStages(root: SourceNode | null): (StagePlace & { id: string | null })[] {
  return walkStageNodes(root).map(({ node, at, path }) => ({ at, path, id: textOf(child(node, "id")) }));
}

function dependencies(root: SourceNode | null, id: string): Path[] {
  return walkStageNodes(root).flatMap(({ node, path }): Path[] => {
    const list = child(node, "depends_on");
    if (list?.kind !== "list") return [];
    return list.items.flatMap((item, index) => (textOf(item) === id ? [[...path, "depends_on", index]] : []));
  });
}

/** How expressions name what a key stands for; null where they do not. */
function wayOf({ source }: Editing, path: Path): string[] | null {
  const [top, second, third] = path;
  if (path.length === 3 && top === "config" && typeof third === "string") {
    if (second === "parameters") return ["parameters", third];
    return second === "env" ? ["env", third] : null;
  }
  const stage = stageOfPath(path);
  const [field, name, ...deeper] = stage?.rest ?? [];
  if (!stage || field !== "outputs" || typeof name !== "string" || deeper.length > 0) return null;
  const id = textOf(nodeAt(source.root, [...stage.path, "id"]));
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

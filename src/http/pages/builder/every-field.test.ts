import { describe, expect, test } from "bun:test";
import { render } from "../../../../views/jsx/jsx-runtime.ts";
import { SideForm } from "../../../../views/workflows/builder/side.tsx";
import { StageEditor } from "../../../../views/workflows/builder/stage-editor.tsx";
import { aBuilderView } from "../../../testing/a-builder-view.ts";
import { applyEdits } from "../../../workflow/edit/apply-edit.ts";
import { nodeAt } from "../../../workflow/source-node.ts";
import type { Shape } from "../../../workflow/shape.ts";
import { formEdits, rootShape, stageShape } from "./form-edits.ts";
import { readDraft } from "./read-draft.ts";

const text = `workflow: { id: w, name: W }
config:
  env: { ONE: "1" }
  parameters: { task: { type: string } }
stages:
  - id: work
    roles: { primary: agent:writer }
    inputs: { task: { type: string, source: parameters.task } }
    outputs: { done: { type: string } } # it says so itself
  - { id: ask, type: gate, depends_on: [work], gate: { message: "Go on?" } }
`;

/** What has no field of its own, and why. A field below one of these has none either. */
const withoutField: Record<string, string> = {
  stages: "the cards are the stages, and each has a form of its own",
  "stage.ui": "it is kept for other programs: no page draws a stage by a place, a colour or an icon",
};

/** Words of a choice that are not offered, and why. */
const withoutChoice: Record<string, string> = {
  "stage.type: fan_out": "it is reserved: a definition with it is refused",
  "error_policy.on_stage_failure: rollback": "it is not supported: it is treated as halt, with a warning",
};

const view = aBuilderView(text);
const whole = render(SideForm({ view }));
const stages = view.stages.map((facts) => render(StageEditor({ view, facts }))).join("");

describe("the builder has a field for every key of the language:", () => {
  const ofWhole = leavesOf(rootShape, "").map((leaf) => ({ ...leaf, html: whole, place: leaf.name }));
  const ofStage = leavesOf(stageShape, "").map((leaf) => ({
    ...leaf,
    html: stages,
    place: `stage.${leaf.name}`,
  }));
  const leaves = [...ofWhole, ...ofStage].filter(({ place }) => !isNamedIn(withoutField, place));

  test.each(leaves)("$place", ({ html, name, words, place }) => {
    const field = name === "id" ? "@id" : name;
    expect([field, html.includes(` name="${field}"`)]).toEqual([field, true]);
    const offered = words.filter((word) => withoutChoice[`${place}: ${word}`] === undefined);
    const missing = offered.filter((word) => !optionsOf(html, field).includes(word));
    expect(missing).toEqual([]);
  });

  test("what has none is still a key of it", () => {
    const places = [...ofWhole, ...ofStage];
    const isThere = (name: string) => places.some(({ place }) => isNamedIn({ [name]: "" }, place));
    expect(Object.keys(withoutField).filter((name) => !isThere(name))).toEqual([]);
    const choices = places.flatMap(({ place, words }) => words.map((word) => `${place}: ${word}`));
    expect(Object.keys(withoutChoice).filter((choice) => !choices.includes(choice))).toEqual([]);
  });
});

describe("where a stage works and how long it may be silent", () => {
  test.each([
    ["workspace", "worktree", "workspace: worktree"],
    ["permissions", "fail", "permissions: fail"],
    ["commit", "never", "commit: never"],
    ["budget.usd", "2.5", "usd: 2.5"],
    ["budget.tokens", "90000", "tokens: 90000"],
    ["error_policy.idle_timeout", "90s", "idle_timeout: 90s"],
  ])("%s is written into the text, whose other lines stay as they are", (name, value, written) => {
    const after = sent(text, { [name]: value });
    expect(after).toContain(written);
    expect(after.split("\n").filter((line) => !text.split("\n").includes(line))).toHaveLength(
      name.includes(".") ? 2 : 1,
    );
    expect(sent(after, { [name]: "" })).not.toContain(written);
    expect(readDraft(after).validation.errors).toEqual([]);
  });

  test("a stage says what it takes from the workflow, and the fold is open where something is written", () => {
    const other = aBuilderView(text.replace("config:", "config:\n  workspace: worktree"));
    const [work] = other.stages;
    if (!work) throw new Error("there is no stage");
    const html = render(StageEditor({ view: other, facts: work }));
    expect(html).toContain("As the workflow says (worktree)");
    expect(html).not.toContain('group" open');
    expect(html).toContain("As the workflow says (halt)");
    const own = aBuilderView(text.replace("id: work\n", "id: work\n    workspace: worktree\n"));
    const [first] = own.stages;
    if (!first) throw new Error("there is no stage");
    expect(render(StageEditor({ view: own, facts: first }))).toContain('group" open');
  });
});

test("a gate is offered no inputs and no outputs, but those it has can be taken away", () => {
  const gateOf = (definition: string): string => {
    const shown = aBuilderView(definition);
    const gate = shown.stages.find(({ stage }) => stage.type === "gate");
    return gate ? render(StageEditor({ view: shown, facts: gate })) : "";
  };
  expect(gateOf(text)).toContain("<legend>Gate</legend>");
  expect(gateOf(text)).not.toMatch(/<legend>(In|Out)puts/);
  const has = gateOf(text.replace("type: gate,", "type: gate, outputs: { x: { type: string } },"));
  expect(has).toContain("Remove output x");
});

/** The definition after the form of its first stage was sent with these fields. */
function sent(before: string, fields: Record<string, string>): string {
  const { root } = readDraft(before);
  const to = ["stages", 0];
  const edits = formEdits({
    fields: new URLSearchParams(fields),
    from: nodeAt(root, to),
    to,
    shape: stageShape,
  });
  const edited = applyEdits(before, edits);
  if (!edited.ok) throw new Error(edited.message);
  return edited.text;
}

interface Leaf {
  /** As a form names it: entries of a map with free names are numbered. */
  name: string;
  words: readonly string[];
}

function leavesOf(shape: Shape, name: string): Leaf[] {
  const below = (step: string) => (name === "" ? step : `${name}.${step}`);
  switch (shape.kind) {
    case "object":
      return [...shape.fields].flatMap(([key, field]) => leavesOf(field, below(key)));
    case "names":
      return shape.value.kind === "object"
        ? [{ name: below("0.@name"), words: [] }, ...leavesOf(shape.value, below("0"))]
        : [below("0.@name"), below("0.@value")].map((each) => ({ name: each, words: [] }));
    case "short":
      return leavesOf(shape.full, name);
    case "choice":
      return [{ name, words: shape.words }];
    case "list":
    case "pair":
    case "text":
    case "number":
    case "boolean":
    case "anything":
      return [{ name, words: [] }];
    default:
      return shape satisfies never;
  }
}

function isNamedIn(list: Record<string, string>, place: string): boolean {
  return Object.keys(list).some((name) => place === name || place.startsWith(`${name}.`));
}

function optionsOf(html: string, name: string): string[] {
  const selects = html.split("<select").filter((each) => each.includes(` name="${name}"`));
  const text = selects.map((each) => each.split("</select>")[0] ?? "").join("");
  return [...text.matchAll(/<option value="([^"]*)"/g)].map(([, value = ""]) => value);
}

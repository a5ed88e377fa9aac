import { describe, expect, test } from "bun:test";
import { applyEdits } from "../../../workflow/edit/apply-edit.ts";
import { nodeAt } from "../../../workflow/source-node.ts";
import { formEdits, rootShape, stageShape } from "./form-edits.ts";
import { readDraft } from "./read-draft.ts";

const text = `workflow: { id: w, name: W, tags: [a, b] } # of the workflow
config:
  parameters:
    topic: { type: string, default: squid }
    depth: { type: integer, default: 3 }
stages:
  - id: one
    roles: { primary: agent:a, tools: [skill:x, skill:y] }
    outputs: { said: { type: string } }
  - id: two
    depends_on: [one] # because
    roles: { primary: { artifact: agent:b, model: opus } }
    inputs:
      said: { type: string, source: "\${{ stages.one.outputs.said }}" }
    error_policy: { retry: { backoff_multiplier: 2.0 } }
`;

describe("a form of a stage:", () => {
  test.each([
    [
      "what is as it was changes nothing",
      1,
      "name=&description=&error_policy.retry.backoff_multiplier=2.0",
      [],
    ],
    ["a text is set", 1, "name=Two", [set("stages.1.name", "Two")]],
    [
      "a number is a number",
      1,
      "error_policy.retry.max_attempts=4",
      [set("stages.1.error_policy.retry.max_attempts", 4)],
    ],
    [
      "what is no number stays the text it is",
      1,
      "error_policy.retry.max_attempts=four",
      [set("stages.1.error_policy.retry.max_attempts", "four")],
    ],
    [
      "an emptied field is taken away",
      1,
      "error_policy.retry.backoff_multiplier=",
      [remove("stages.1.error_policy.retry.backoff_multiplier")],
    ],
    [
      "line ends are those of files",
      1,
      "condition=a%0D%0A%26%26%20b",
      [set("stages.1.condition", "a\n&& b")],
    ],
    [
      "the short form of a role stays short",
      0,
      "roles.primary.artifact=agent:c&roles.primary.model=",
      [set("stages.0.roles.primary", "agent:c")],
    ],
    [
      "until there is more of it",
      0,
      "roles.primary.artifact=agent:a&roles.primary.model=haiku",
      [set("stages.0.roles.primary", { artifact: "agent:a", model: "haiku" })],
    ],
    ["the long form stays long", 1, "roles.primary.model=", [remove("stages.1.roles.primary.model")]],
    ["a list of boxes of which none is ticked", 1, "has=depends_on", [remove("stages.1.depends_on")]],
    [
      "one more box",
      1,
      "has=depends_on&depends_on=one&depends_on=three",
      [insert("stages.1.depends_on", 1, "three")],
    ],
    ["a list as lines loses one", 0, "roles.tools=skill:y", [remove("stages.0.roles.tools.0")]],
    ["a row's field", 1, "inputs.0.required=false", [set("stages.1.inputs.said.required", false)]],
    [
      "a row's name",
      1,
      "inputs.0.@name=heard",
      [{ kind: "rename_key", path: ["stages", 1, "inputs", "said"], to: "heard" }],
    ],
    ["a row is removed", 1, "inputs.0.@name=said&inputs.0.@remove=1", [remove("stages.1.inputs.said")]],
    [
      "a new row",
      1,
      "inputs.1.@name=more&inputs.1.type=array<string>&inputs.1.default=[]",
      [set("stages.1.inputs.more", { type: "array<string>", default: [] })],
    ],
    ["a new row without a name is none", 1, "inputs.1.@name=&inputs.1.type=string", []],
  ] as const)("%s", (_name, at, fields, edits) => expect(stageEdits(at, fields)).toEqual(edits as never));

  test("that names what no form of ours has is refused", () => {
    for (const field of ["nonsense", "roles.nonsense.artifact", "constructor", "inputs.0.nonsense"]) {
      expect(() => stageEdits(1, `${field}=x`)).toThrow("there is no field");
    }
    expect(() => stageEdits(1, "inputs.1.@name=said")).toThrow('there is a "said" already');
  });
});

describe("a form of the whole:", () => {
  test.each([
    ["a tag at the beginning", "workflow.tags=z%0Aa%0Ab", [insert("workflow.tags", 0, "z")]],
    ["tags in another order", "workflow.tags=b%0Aa", [set("workflow.tags", ["b", "a"])]],
    ["a default by its type", "config.parameters.1.default=5", [set("config.parameters.depth.default", 5)]],
    [
      "choices by their type",
      "config.parameters.1.type=integer&config.parameters.1.enum=1%0A2",
      [set("config.parameters.depth.enum", [1, 2])],
    ],
    ["a variable", "config.env.0.@name=A&config.env.0.@value=1", [set("config.env.A", "1")]],
    [
      "a hook",
      "hooks.on_start.notify.channel=ops&hooks.on_start.notify.message=",
      [set("hooks.on_start.notify", "ops")],
    ],
  ] as const)("%s", (_name, fields, edits) => {
    const form = {
      fields: new URLSearchParams(fields),
      from: readDraft(text).root,
      to: [],
      shape: rootShape,
    };
    expect(formEdits(form)).toEqual(edits as never);
  });

  test("leaves a text that reads as the form says", () => {
    const fields = new URLSearchParams(
      "workflow.tags=a%0Ac&config.parameters.0.@name=subject&config.timeout=1h",
    );
    const edits = formEdits({ fields, from: readDraft(text).root, to: [], shape: rootShape });
    const edited = applyEdits(text, edits);
    expect(edited.ok && edited.text.split("\n").slice(0, 6)).toEqual([
      "workflow: { id: w, name: W, tags: [a, c] } # of the workflow",
      "config:",
      "  parameters:",
      "    subject: { type: string, default: squid }",
      "    depth: { type: integer, default: 3 }",
      "  timeout: 1h",
    ]);
  });
});

function stageEdits(at: number, fields: string) {
  const from = nodeAt(readDraft(text).root, ["stages", at]);
  return formEdits({ fields: new URLSearchParams(fields), from, to: ["stages", at], shape: stageShape });
}

function pathOf(path: string): (string | number)[] {
  return path.split(".").map((step) => (/^\d+$/.test(step) ? Number(step) : step));
}

function set(path: string, value: unknown) {
  return { kind: "set", path: pathOf(path), value };
}

function remove(path: string) {
  return { kind: "remove", path: pathOf(path) };
}

function insert(path: string, at: number, value: unknown) {
  return { kind: "insert", path: pathOf(path), at, value };
}

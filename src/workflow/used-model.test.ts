import { expect, test } from "bun:test";
import { usedModel, withUsualModels } from "./used-model.ts";
import { checkWorkflow } from "./validate.ts";

/** What is written at the stage, what the agent's file says, and what the agent gets. */
test.each([
  ["agent:x", null, "opus"],
  ["agent:x", "haiku", "haiku"],
  ["{ artifact: agent:x }", "haiku", "haiku"],
  ["{ artifact: agent:x, model: sonnet }", null, "sonnet"],
  ["{ artifact: agent:x, model: sonnet }", "haiku", "sonnet"],
  ["{ artifact: agent:x, model: opus }", "haiku", "opus"],
])("a stage with %p and an agent's file with the model %p: %p", (primary, model, used) => {
  const text = `workflow: { id: w, name: W }\nstages:\n  - { id: a, roles: { primary: ${primary} } }\n`;
  const role = checkWorkflow(text, { file: "w.yaml" }).definition?.stages[0]?.roles?.primary;
  if (!role) throw new Error("it does not hold");
  expect(usedModel(role, { model })).toBe(used);
});

test("the definition with all defaults has the default model for a stage that names none", () => {
  const text = `workflow: { id: w, name: W }
stages:
  - { id: a, roles: { primary: agent:x } }
  - { id: b, roles: { primary: { artifact: agent:x, model: sonnet } } }
  - { id: g, type: gate, gate: {} }
`;
  const stages = checkWorkflow(text, { file: "w.yaml" }).definition?.stages ?? [];
  expect(withUsualModels(stages).map(({ roles }) => roles?.primary.model)).toEqual([
    "opus",
    "sonnet",
    undefined,
  ]);
});

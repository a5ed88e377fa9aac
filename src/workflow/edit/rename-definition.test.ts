import { expect, test } from "bun:test";
import { parse } from "yaml";
import { renameDefinition } from "./rename-definition.ts";

test.each([
  ["workflow: {id: a, name: A} # keep\n", "workflow: {id: b-2, name: Bee} # keep\n"],
  [
    'workflow:\n  name: "A"   # the name\n  id: a\nstages: [ ]\n',
    'workflow:\n  name: "Bee"   # the name\n  id: b-2\nstages: [ ]\n',
  ],
  ['{"workflow": {"id": "a", "name": "A"}}', '{"workflow": {"id": "b-2", "name": "Bee"}}'],
  [
    "workflow:\n  id: a\n  name: >\n    A long\n    name\n  version: 1.0.0\n",
    "workflow:\n  id: b-2\n  name: >-\n    Bee\n  version: 1.0.0\n",
  ],
])("%j becomes %j", (text, renamed) => {
  expect(renameDefinition(text, "b-2", "Bee")).toBe(renamed);
});

test("a name that YAML would read as something else is quoted", () => {
  const renamed = renameDefinition("workflow: {id: a, name: A}\n", "true", "a: b, {c} # d");
  expect(parse(renamed)).toEqual({ workflow: { id: "true", name: "a: b, {c} # d" } });
});

test("a definition without them is refused", () => {
  expect(() => renameDefinition("stages: []\n", "b", "B")).toThrow('no "workflow.id"');
});

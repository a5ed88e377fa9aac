import { expect, test } from "bun:test";
import { parseExpression } from "./parse-expression.ts";
import { references } from "./references.ts";

test.each([
  ["stages.scan.outputs.o", ["stages.scan.outputs.o"]],
  ["stages['ui-build'][\"status\"]", ["stages.ui-build.status"]],
  ["parameters", ["parameters"]],
  ["(run).id", ["run.id"]],
  ["parameters.list[0].name", ["parameters.list"]],
  ["stages[parameters.which].outputs.o", ["stages", "parameters.which"]],
  ["stages.a.outputs[parameters['k']].x", ["stages.a.outputs", "parameters.k"]],
  ["fromJSON(parameters.text).a", ["parameters.text"]],
  ["a.b || {k: c.d, l: [e]}.k && !f ? g : h(i.j, 1)", ["a.b", "c.d", "e", "f", "g", "i.j"]],
  ["a.b == a.b", ["a.b", "a.b"]],
  ["1 == 'stages.scan'", []],
])("%s refers to %p", (source, paths) => {
  const found = references(parseExpression(source));
  expect(found.map(({ path }) => path.map(({ name }) => name).join("."))).toEqual(paths);
});

test("every name of a path has its place; a string's is with its quotes", () => {
  const source = "1 == stages [ 'a b' ] . outputs";
  const [reference] = references(parseExpression(source));
  const texts = reference?.path.map(({ start, end }) => source.slice(start, end));
  expect(texts).toEqual(["stages", "'a b'", "outputs"]);
  expect(reference?.node).toMatchObject({ kind: "member", start: 5, end: source.length });
});

test("long chains are followed in a loop", () => {
  expect(references(parseExpression(`a${".b".repeat(4000)}`))[0]?.path).toHaveLength(4001);
  expect(references(parseExpression(`a${"||a".repeat(2700)}`))).toHaveLength(2701);
});

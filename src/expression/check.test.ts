import { expect, test } from "bun:test";
import { checkExpression } from "./check.ts";
import { parseExpression } from "./parse-expression.ts";

const functions = 'functions are "length", "contains", "join", "keys", "coalesce", "toJSON", "fromJSON"';

function check(source: string) {
  return checkExpression(parseExpression(source), ["parameters", "stages"]);
}

test("an expression whose names are all there has no problems", () => {
  expect(check("contains(parameters.list, stages.a.outputs.o) ? length('') : toJSON(fromJSON('1'))")).toEqual(
    [],
  );
});

test("every problem is found, in the order of the source", () => {
  expect(check("parameter.x && env.y || toJson(1) == length(nowhere, 2)")).toEqual([
    {
      message: 'there is no namespace "parameter"',
      offset: 0,
      hint: 'did you mean "parameters"? namespaces are "parameters", "stages"',
    },
    { message: 'there is no namespace "env"', offset: 15, hint: 'namespaces are "parameters", "stages"' },
    { message: 'there is no function "toJson"', offset: 24, hint: `did you mean "toJSON"? ${functions}` },
    {
      message: '"length" takes 1 argument, not 2: length(string, array or object)',
      offset: 37,
      hint: null,
    },
    { message: 'there is no namespace "nowhere"', offset: 44, hint: 'namespaces are "parameters", "stages"' },
  ]);
});

test("a property or a string that is called like a function or a namespace is none", () => {
  expect(check("parameters.length == 'env.x'")).toEqual([]);
});

import { describe, expect, test } from "bun:test";
import { evaluate } from "./evaluate.ts";
import { ExpressionError } from "./expression-error.ts";
import { parseExpression } from "./parse-expression.ts";
import type { Value, ValueObject } from "./value.ts";

const scope = {
  parameters: {
    name: "ada",
    count: 3,
    empty: "",
    list: ["a", "b"],
    "dry-run": true,
    "a-b-1": 4,
    target: "scan",
    nothing: null,
    same: { x: 1, y: [2] },
    turned: { y: [2], x: 1 },
  },
  stages: {
    scan: { status: "completed", outputs: { files: ["x.ts"], report: { ok: true } } },
    "1st": { status: "failed", outputs: {} },
  },
  context: {},
  env: {},
  run: { id: "run-1" },
  workflow: { id: "demo" },
};

function valueOf(source: string, over: ValueObject = scope): Value {
  return evaluate(parseExpression(source), over);
}

function errorOf(source: string, over: ValueObject = scope): ExpressionError {
  try {
    valueOf(source, over);
  } catch (error) {
    if (error instanceof ExpressionError) return error;
    throw error;
  }
  throw new Error(`no error in ${source}`);
}

describe("an expression yields its value:", () => {
  const cases: [source: string, value: Value][] = [
    // literals
    ["null", null],
    ["true", true],
    ["007", 7],
    ["-2.5e-1", -0.25],
    ["1e3", 1000],
    [String.raw`'it\'s \u00e9\n'`, "it's é\n"],
    [String.raw`"\ud83d\ude00"`, "😀"],
    ["[1, [2, 3]]", [1, [2, 3]]],
    ["{a: 1, 'b c': [true]}", { a: 1, "b c": [true] }],
    ["{}", {}],
    // access
    ["parameters . name", "ada"],
    ["parameters['name']", "ada"],
    ["parameters.dry-run", true],
    ["parameters.a-b-1", 4],
    ["stages['1st'].status", "failed"],
    ["stages[parameters.target].outputs.files[0]", "x.ts"],
    ["[1, 2][0]", 1],
    ["(parameters).name", "ada"],
    [`fromJSON('{"a":1}').a`, 1],
    ["{true: 1}.true", 1],
    // what is not there
    ["parameters.absent", null],
    ["parameters.nothing.deeper", null],
    ["parameters.list[2]", null],
    ["parameters.list[-1]", null],
    ["parameters.list[0.5]", null],
    ["parameters.list['0']", null],
    ["parameters.list.length", null],
    ["parameters.name.upper", null],
    ["parameters.name[0]", null],
    ["parameters.same[0]", null],
    ["true.x", null],
    // logic
    ["parameters.empty || 'none'", "none"],
    ["parameters.name || 'none'", "ada"],
    ["parameters.empty && parameters.count", ""],
    ["false || null", null],
    ["false && nowhere", false],
    ["true || nowhere", true],
    ["![]", true],
    ["!{}", true],
    ["![0]", false],
    ["!!'x'", true],
    ["false && true || true", true],
    ["true ? 'a' : nowhere", "a"],
    ["false ? 1 : true ? 2 : 3", 2],
    ["true ? false ? 1 : 2 : 3", 2],
    ["true ? 'a' : 'b' == 'b'", "a"],
    // comparison
    ["1 == 1.0", true],
    ["'1' == 1", false],
    ["null == false", false],
    ["-0 == 0", true],
    ["parameters.same == parameters.turned", true],
    ["[1, 2] == [2, 1]", false],
    ["{a: null} == {b: null}", false],
    ["[] == {}", false],
    ["parameters.absent != null", false],
    ["'a' < 'b'", true],
    ["2 >= 2", true],
    ["1 < 2 == true", true],
    ["(1 == 1) == true", true],
    // functions
    ["length('a☕😀')", 3],
    ["length(parameters.list)", 2],
    ["length(parameters.same)", 2],
    ["contains('planet earth', 'net')", true],
    ["contains('abc', '')", true],
    ["contains([{a: 1}], {a: 1})", true],
    ["contains([1], '1')", false],
    ["contains({a: null}, 'a')", true],
    ["join(['a', 1, -2.5], ', ')", "a, 1, -2.5"],
    ["join([], ',')", ""],
    ["join(keys({y: 1, x: 2}), '/')", "y/x"],
    ["keys({})", []],
    ["coalesce(parameters.absent, null, 'x', nowhere)", "x"],
    ["coalesce(false, 1)", false],
    ["coalesce(null)", null],
    ["toJSON({b: 1, a: [null, 'x']})", '{"b":1,"a":[null,"x"]}'],
    ["fromJSON(' [1, 2] ')", [1, 2]],
    ["fromJSON(toJSON(parameters.same)) == parameters.same", true],
  ];
  test.each(cases)("%s", (source, value) => expect(valueOf(source)).toEqual(value));
});

describe('"success" is completed, "failure" is failed or timed_out', () => {
  test.each([
    ["stages.scan.status == 'success'", true],
    ["'success' == stages['scan']['status']", true],
    ["stages[parameters.target].status != 'success'", false],
    ["stages.scan.status == 'completed'", true],
    ["stages.scan.status == 'failed'", false],
    ["stages['1st'].status == 'success'", false],
  ])("%s is %p", (source, value) => expect(valueOf(source)).toBe(value));

  test.each([
    "'completed' == 'success'",
    "parameters.status == 'success'",
    "stages.scan.outputs.status == 'success'",
    "[stages.scan.outputs.status, stages.scan.status][0] == 'success'",
    "(false ? stages.scan.status : parameters.status) == 'success'",
    "contains([parameters.status], 'success')",
    "contains(parameters.status, 'success')",
    "{s: parameters.status}.s == 'success'",
    "stages.scan == {status: 'success'}",
  ])("but only where it is a status: %s is false", (source) => {
    const over = {
      ...scope,
      parameters: { status: "completed" },
      stages: { scan: { status: "completed", outputs: { status: "completed" } } },
    };
    expect(valueOf(source, over)).toBe(false);
  });

  test.each([
    "contains(['success'], stages.scan.status)",
    "contains(['skipped', 'success'], stages['scan'].status)",
    "contains([stages.scan.status, 'x'], 'success')",
    "contains([stages['1st'].status], 'failure')",
    "contains([stages.late.status], 'failure')",
    "contains(stages.scan.status, 'success')",
    "contains('success or skipped', stages.scan.status)",
    "contains({success: 1}, stages.scan.status)",
    "[stages.scan.status] == ['success']",
    "[[stages.scan.status], 1] == [['success'], 1]",
    "{s: stages.scan.status} == {s: 'success'}",
    "{s: stages.scan.status}.s == 'success'",
    "[stages['1st'].status, stages.scan.status][1] == 'success'",
    "(stages.scan.status || '') == 'success'",
    "(true && stages.scan.status) == 'success'",
    "(parameters.empty || stages['1st'].status) == 'failure'",
    "(true ? stages.late.status : 'x') == 'failure'",
    "('success') == (stages.scan.status)",
    "coalesce(null, stages.scan.status) == 'success'",
    "(true ? stages.scan : stages.late).status == 'success'",
    "[stages.scan, stages.late][1].status == 'failure'",
    "({success: 'go', failure: 'halt'})[stages.late.status] == 'halt'",
    "stages.late.status != 'success'",
    "!(stages['1st'].status != 'failure')",
    "stages.scan == {status: 'success', outputs: stages.scan.outputs}",
  ])("wherever a status meets a text: %s", (source) => {
    const over = { ...scope, stages: { ...scope.stages, late: { status: "timed_out", outputs: {} } } };
    expect(valueOf(source, over)).toBe(true);
  });
});

describe("an error says what is wrong, where, and the way out:", () => {
  const known = 'namespaces are "parameters", "stages", "context", "env", "run", "workflow"';
  const functions = 'functions are "length", "contains", "join", "keys", "coalesce", "toJSON", "fromJSON"';
  test.each([
    ["1 == nowhere.x", 5, `there is no namespace "nowhere". ${known}`],
    ["parametres.x", 0, `there is no namespace "parametres". did you mean "parameters"? ${known}`],
    ["name", 0, 'there is no namespace "name". did you mean "parameters.name"?'],
    ["!lenght('')", 1, `there is no function "lenght". did you mean "length"? ${functions}`],
    ["toString()", 0, `there is no function "toString". ${functions}`],
    ["length()", 0, '"length" takes 1 argument, not 0: length(string, array or object)'],
    ["toJSON(1, 2)", 0, '"toJSON" takes 1 argument, not 2: toJSON(value)'],
    ["length(5)", 7, '"length" takes a string, an array or an object, not a number'],
    ["contains(null, 'x')", 9, '"contains" looks into a string, an array or an object, not null'],
    ["contains('a1', 1)", 15, '"contains" looks for a string in a string, not for a number'],
    ["contains({}, [])", 13, '"contains" looks for a string in an object, not for an array'],
    ["join('a', ',')", 5, '"join" takes an array of strings and numbers, not a string'],
    ["join(['a', null], ',')", 5, '"join" takes strings and numbers, but item 1 is null'],
    ["join(['a'], 1)", 12, '"join" takes a string between the items, not a number'],
    ["keys(['a'])", 5, '"keys" takes an object, not an array'],
    ["coalesce()", 0, '"coalesce" takes at least 1 argument, not 0: coalesce(value, …)'],
    ["fromJSON(1)", 9, '"fromJSON" takes a string, not a number'],
    ["fromJSON('')", 9, '"fromJSON" cannot read the text: it is empty'],
    [
      "fromJSON('1e999')",
      9,
      '"fromJSON" cannot read the text: it holds a number that cannot be kept: 1e999 is too large a number. the largest is about 1.8e308. make it a quoted string: "1e999"',
    ],
    ["1 < 'a'", 4, '"<" compares two numbers or two strings, not a number with a string'],
    ["null >= 1", 0, '">=" compares two numbers or two strings, not null with a number'],
  ])("%s", (source, offset, message) => {
    const error = errorOf(source);
    expect({ message: error.message, offset: error.offset }).toEqual({ message, offset });
  });

  test("text that is not JSON", () => {
    expect(errorOf("fromJSON('{a')").message).toStartWith(
      '"fromJSON" cannot read the text: it is not JSON (',
    );
  });
});

describe("hostile data stays data:", () => {
  const parameters = JSON.parse(
    '{"o": {"__proto__": {"x": 1}, "constructor": {"x": 1}, "prototype": {"x": 1}}}',
  );

  test.each(["__proto__", "constructor", "prototype"])("%s is never reached, own or not", (key) => {
    const over = { parameters };
    expect(valueOf(`parameters.o.${key}`, over)).toBeNull();
    expect(valueOf(`parameters.o['${key}']`, over)).toBeNull();
    expect(valueOf(`parameters.o[fromJSON('"${key}"')].x`, over)).toBeNull();
    expect(valueOf(`contains(parameters.o, '${key}')`, over)).toBe(false);
    expect(errorOf(`${key}.x`, over).message).toStartWith(`there is no namespace "${key}"`);
    expect(errorOf(`${key}()`, over).message).toStartWith(`there is no function "${key}"`);
  });

  test.each(["toString", "hasOwnProperty", "valueOf", "then"])(
    "%s, which objects inherit, is null",
    (key) => {
      expect(valueOf(`parameters.o.${key}`, { parameters })).toBeNull();
    },
  );

  test("what fromJSON reads gets no other prototype", () => {
    const value = valueOf(`fromJSON('{"__proto__": {"admin": true}}')`);
    expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
    expect(valueOf(`fromJSON('{"__proto__": {"admin": true}}').admin`)).toBeNull();
    expect(Object.hasOwn(Object.prototype, "admin")).toBe(false);
  });

  test("long chains run in a loop", () => {
    expect(valueOf(`parameters${".b".repeat(4000)}`)).toBeNull();
    expect(valueOf(`null${"[0]".repeat(2700)}`)).toBeNull();
    expect(valueOf(`1${"&&1".repeat(2700)}`)).toBe(1);
    expect(valueOf(`0${"||0".repeat(2700)}`)).toBe(0);
  });

  test("values nested very deep are compared, but neither read nor written as JSON", () => {
    const over = { parameters: { a: nested(100_000), b: nested(100_000), text: "[".repeat(100_000) } };
    expect(valueOf("parameters.a == parameters.b", over)).toBe(true);
    expect(errorOf("toJSON(parameters.a)", over).message).toContain("nested deeper than 512 levels");
    expect(errorOf("fromJSON(parameters.text)", over).message).toStartWith('"fromJSON" cannot read');
    expect(errorOf(`fromJSON('${"[".repeat(600)}${"]".repeat(600)}')`).message).toContain("nested deeper");
  });

  test("text that grows with every step is stopped at 16 MiB", () => {
    const source = `${"toJSON(".repeat(60)}'"'${")".repeat(60)}`;
    expect(errorOf(source).message).toBe('"toJSON" cannot write this value: it is longer than 16 MiB');
  });
});

function nested(depth: number): Value {
  let value: Value = [];
  for (let at = 0; at < depth; at++) value = [value];
  return value;
}

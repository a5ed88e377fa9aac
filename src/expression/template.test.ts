import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { evaluate } from "./evaluate.ts";
import { ExpressionError } from "./expression-error.ts";
import {
  evaluateTemplate,
  isSingleExpression,
  parseCondition,
  parseTemplate,
  readCondition,
  readTemplate,
} from "./template.ts";
import type { Value, ValueObject } from "./value.ts";

const scope: ValueObject = { parameters: { name: "ada", list: [1, "two"], nothing: null } };

describe("a template yields text, a single expression its own value:", () => {
  const cases: [text: string, value: Value][] = [
    ["", ""],
    ["plain }} {{ ${ text", "plain }} {{ ${ text"],
    ["${{ parameters.list }}", [1, "two"]],
    ["${{parameters.nothing}}", null],
    [" ${{ parameters.list }}.", ' [1,"two"].'],
    ["${{ parameters.list }}\n", [1, "two"]],
    ["hi ${{ parameters.name }}, ${{ parameters.nothing }}!", "hi ada, !"],
    ["${{ 1 }}${{ true }}", "1true"],
    ["$${{ name }}", "${{ name }}"],
    ["$$${{ name }}", "$${{ name }}"],
    ["$${{ ${{ 1 }} }}", "${{ 1 }}"],
    ["${{ '}}' }}", "}}"],
    [String.raw`${"${{"} 'a\'}}' }}`, "a'}}"],
    ["${{ {a: {b: 1}} }}", { a: { b: 1 } }],
    ["${{ {a: {b: 1}}}}", { a: { b: 1 } }],
    ["${{ {a: {b: '}'}}}}-", '{"a":{"b":"}"}}-'],
    ["${{\n  parameters.name\n}}", "ada"],
  ];
  test.each(cases)("%p", (text, value) => {
    expect(evaluateTemplate(parseTemplate(text), scope)).toEqual(value);
  });
});

test("an expression knows its source, without blanks, and where that begins", () => {
  const text = "a $${{ b ${{  parameters.name }} c";
  const [before, part, after] = parseTemplate(text);
  expect(before).toEqual({ kind: "text", text: "a ${{ b " });
  expect(after).toEqual({ kind: "text", text: " c" });
  expect(part).toMatchObject({ kind: "expression", source: "parameters.name", offset: 14 });
  expect(text.slice(14)).toStartWith("parameters.name");
});

test("only one expression and nothing else is single", () => {
  for (const text of ["${{ 1 }}", "  ${{ 1 }} ", "\n${{ 1 }}\r\n\n"])
    expect(isSingleExpression(parseTemplate(text))).toBe(true);
  expect(
    ["", "a", "${{ 1 }}.", "${{ 1 }} ${{ 2 }}"].some((text) => isSingleExpression(parseTemplate(text))),
  ).toBe(false);
});

describe("errors stand at their place in the text:", () => {
  test.each([
    ["a ${{ 1", 2, '"${{" is not closed. end the expression with "}}", or write "$${{" for the text'],
    ["a ${{ 'b }}", 6, "the string is not closed. end it with '"],
    ["a ${{ }}", 6, "the expression is empty. write a value, such as parameters.name"],
    ["a ${{ 1 } }}", 8, 'a single "}" closes nothing here. an expression ends with "}}"'],
    ["a ${{ [1 }}", 8, 'expected "," or "]", found the end of the expression'],
    ["${{ 1 }} ${{ 1 2 }}", 15, "expected an operator or the end of the expression, found the number 2"],
    ["${{ 1 }} ${{ 1 < null }}", 17, '"<" compares two numbers or two strings, not a number with null'],
  ])("%p", (text, offset, message) => {
    const error = errorOf(() => evaluateTemplate(parseTemplate(text), scope));
    expect({ message: error.message, offset: error.offset }).toEqual({ message, offset });
  });

  test("a text that a few expressions make huge is refused", () => {
    const over = { parameters: { big: "x".repeat(1024 * 1024) } };
    const many = parseTemplate("${{ parameters.big }}".repeat(20));
    expect(errorOf(() => evaluateTemplate(many, over)).message).toBe("the text becomes longer than 16 MiB");
    const single = parseTemplate(`\${{ [${Array(20).fill("parameters.big").join(", ")}] }}`);
    expect(errorOf(() => evaluateTemplate(single, over)).message).toContain("it is longer than 16 MiB");
  });
});

describe("one fault hides nothing else of the text:", () => {
  const cases: [text: string, errors: number[], sources: string[]][] = [
    ["${{ foo.a }} ${{ 1 + 2 }} ${{ b }} ${{ 3 * 4 }} ${{ c }}", [19, 41], ["foo.a", "b", "c"]],
    ["${{ }} ${{ 1 2 }} ${{ b }}", [4, 13], ["b"]],
    ["${{ a and ${{ b }}", [10], ["b"]],
    ["${{ 'a }} and ${{ b }}", [4], ["b"]],
    ["${{ a ${{ b ${{ c", [6, 12, 12], []],
    ["${{ {a: 1 }} and ${{ b }}", [11], ["b"]],
    ["${{ 1 } }} ${{ b }}", [6], ["b"]],
    ["$${{ a + b }} ${{ 1 + 2 }}", [20], []],
  ];
  test.each(cases)("%p", (text, errors, sources) => {
    const read = readTemplate(text);
    expect(read.errors.map(({ offset }) => offset)).toEqual(errors);
    expect(read.parts.flatMap((part) => (part.kind === "expression" ? [part.source] : []))).toEqual(sources);
  });

  test("a condition of more than one expression", () => {
    const { parts, errors } = readCondition("${{ a }} && ${{ 1 + 2 }} && ${{ b }}");
    expect(errors.map(({ offset }) => offset)).toEqual([18, 9]);
    expect(parts.map(({ offset }) => offset)).toEqual([4, 32]);
  });

  test("of a text full of faults the first thousand are enough", () => {
    expect(readTemplate("${{ + ".repeat(100_000)).errors).toHaveLength(1_000);
  });
});

describe("a condition stands in ${{ }} or without:", () => {
  test.each([
    ["1 == 1", 0],
    [" true", 0],
    ["${{ true }}", 4],
    ["\n ${{ true }}\n", 6],
  ])("%p", (text, offset) => {
    const condition = parseCondition(text);
    expect(condition.offset).toBe(offset);
    expect(evaluate(condition.expression, scope)).toBe(true);
  });

  test.each([
    ["", 0, "the expression is empty. write a value, such as parameters.name"],
    [
      "${{ 1 }} && 2",
      9,
      'a condition is one expression: nothing follows its "}}". put all of it into one ${{ }}',
    ],
    ["1 == ${{ 1 }}", 5, '"${{" stands inside an expression. leave it out: this is one already'],
    ["${{ 1 2 }}", 6, "expected an operator or the end of the expression, found the number 2"],
  ])("%p is refused", (text, offset, message) => {
    const error = errorOf(() => parseCondition(text));
    expect({ message: error.message, offset: error.offset }).toEqual({ message, offset });
  });
});

test("any text comes back as it is when its ${{ are escaped", () => {
  const text = fc.array(fc.constantFrom("${{", "}}", "{", "$", "'", " ", "a"), { maxLength: 12 });
  fc.assert(
    fc.property(text, (pieces) => {
      const plain = pieces.join("");
      expect(evaluateTemplate(parseTemplate(plain.replaceAll("${{", () => "$${{")), scope)).toBe(plain);
    }),
  );
});

function errorOf(run: () => unknown): ExpressionError {
  try {
    run();
  } catch (error) {
    if (error instanceof ExpressionError) return error;
    throw error;
  }
  throw new Error("no error");
}

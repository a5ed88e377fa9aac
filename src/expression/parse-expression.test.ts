import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { evaluate } from "./evaluate.ts";
import { ExpressionError } from "./expression-error.ts";
import { numberProblem } from "./number-problem.ts";
import { parseExpression } from "./parse-expression.ts";
import { partsOf, type Binary, type Expression } from "./syntax.ts";

describe("levels of binding, from loose to tight:", () => {
  test.each([
    ["a ? b : c ? d : e", "(a ? b : (c ? d : e))"],
    ["a || b && c", "(a || (b && c))"],
    ["a || b || c", "((a || b) || c)"],
    ["a && b == c", "(a && (b == c))"],
    ["a == b < c", "(a == (b < c))"],
    ["!a == b", "((!a) == b)"],
    ["!!a.b", '(!(!a["b"]))'],
    ["a.b[c || d].e", 'a["b"][(c || d)]["e"]'],
    ["(a || b).c", '(a || b)["c"]'],
    ["f(a, !b)[0]", "f(a, (!b))[0]"],
    ["{a: b, 'c d': [e]}.a", '{"a": b, "c d": [e]}["a"]'],
    ["a ? {b: c} : [d]", '(a ? {"b": c} : [d])'],
  ])("%s is %s", (source, printed) => expect(print(parseExpression(source))).toBe(printed));
});

test("every node knows its place in the source", () => {
  const source = "  stages['a b'].outputs == length( (x) , null )";
  const root = parseExpression(source);
  const places: string[] = [];
  const open = [root];
  for (let node = open.pop(); node; node = open.pop()) {
    places.push(`${node.kind}: ${source.slice(node.start, node.end)}`);
    open.push(...partsOf(node).toReversed());
  }
  expect(places).toEqual([
    "binary: stages['a b'].outputs == length( (x) , null )",
    "member: stages['a b'].outputs",
    "index: stages['a b']",
    "name: stages",
    "literal: 'a b'",
    "call: length( (x) , null )",
    "name: x",
    "literal: null",
  ]);
});

describe("what cannot be read is refused with its place:", () => {
  const empty = "the expression is empty. write a value, such as parameters.name";
  const chain = 'join two comparisons with "&&", or put one in parentheses';
  const arithmetic = "is not an operator: expressions have no arithmetic";
  const digit = "expected a name after \".\" (one that begins with a digit goes in brackets: ['…'])";
  test.each([
    ["", 0, empty],
    ["  ", 0, empty],
    ["1 ==", 4, "expected a value, found the end of the expression"],
    ["== 1", 0, 'expected a value, found "=="'],
    ["1 2", 2, "expected an operator or the end of the expression, found the number 2"],
    ["1 'a'", 2, "expected an operator or the end of the expression, found the string 'a'"],
    ["1)", 1, 'expected an operator or the end of the expression, found ")"'],
    ["(1", 2, 'expected ")", found the end of the expression'],
    ["[1 2]", 3, 'expected "," or "]", found the number 2'],
    ["[1,]", 3, 'expected a value, found "]"'],
    ["f(1", 3, 'expected "," or ")", found the end of the expression'],
    ["a[", 2, "expected a value, found the end of the expression"],
    ["a.", 2, 'expected a name after ".", found the end of the expression'],
    ["stages.1st", 7, `${digit}, found the number 1`],
    [".5", 0, 'expected a value, found "."'],
    ["a.b()", 3, "only functions can be called, and by their name alone"],
    [
      "a ? b",
      5,
      'expected ":" and the value for when the condition is false, found the end of the expression',
    ],
    ["{a}", 2, 'expected ":" after the key "a", found "}"'],
    ["{1: 2}", 1, "expected a key, which is a name or a string, found the number 1"],
    ["{a: 1, a: 2}", 7, 'the key "a" is given twice. keep one'],
    ["{'__proto__': 1}", 1, '"__proto__" cannot be a key. choose another name'],
    [String.raw`{"const\u0072uctor": 1}`, 1, '"constructor" cannot be a key. choose another name'],
    ["1 == 2 == 3", 7, `comparisons do not chain: "==" follows "==". ${chain}`],
    ["1 < 2 >= 3", 6, `comparisons do not chain: ">=" follows "<". ${chain}`],
    ["a = b", 2, '"=" is not an operator. did you mean "=="?'],
    ["a !== b", 2, '"!==" is not an operator. did you mean "!="?'],
    ["a | b", 2, '"|" is not an operator. did you mean "||"?'],
    ["a and b", 2, '"and" is not an operator. did you mean "&&"?'],
    ["2 - 1", 2, `"-" ${arithmetic}`],
    ["2 -1", 2, `"-" ${arithmetic}`],
    ["- 1", 0, `"-" ${arithmetic}`],
    ["--1", 0, `"-" ${arithmetic}`],
    ["a + b", 2, `"+" ${arithmetic}`],
    ["a == 'b", 5, "the string is not closed. end it with '"],
    [String.raw`'\x'`, 1, String.raw`"\x" is not an escape. known are \\ \' \" \n \t \r \uXXXX`],
    [String.raw`'\u12'`, 1, String.raw`"\u" takes four hexadecimal digits, such as \u00e9`],
    [
      "[1, 1e999]",
      4,
      '1e999 is too large a number. the largest is about 1.8e308. make it a quoted string: "1e999"',
    ],
    ["“a”", 0, "unexpected “ (U+201C). strings stand in plain quotes: '…' or \"…\""],
    ["a\u00a0", 1, "this is an invisible character: U+00A0 (no-break space). write a plain space"],
    [
      "a.größe",
      4,
      `unexpected "ö". names hold only a-z, A-Z, 0-9, "_" and "-"; others go in brackets: ['…']`,
    ],
    ["${{ a }}", 0, '"${{" stands inside an expression. leave it out: this is one already'],
  ])("%p", (source, offset, message) => {
    const error = errorOf(source);
    expect({ message: error.message, offset: error.offset }).toEqual({ message, offset });
  });
});

describe("limits:", () => {
  test.each([
    ["parentheses", "(", ")"],
    ["brackets", "[", "]"],
    ["not", "!", ""],
    ["calls", "f(", ")"],
    ["objects", "{a:", "}"],
  ])("%s are nested 64 deep at most", (_, open, close) => {
    expect(() => parseExpression(`${open.repeat(64)}1${close.repeat(64)}`)).not.toThrow();
    const error = errorOf(`${open.repeat(65)}1${close.repeat(65)}`);
    expect(error.message).toBe("the expression is nested too deep. 64 levels are the limit");
    expect(error.offset).toBe(64 * open.length + open.search(/[^a-z]/));
  });

  test("a source has 8 KiB at most, counted in UTF-8", () => {
    const long = { message: "the expression is too long. 8 KiB is the limit", offset: 0 };
    expect(() => parseExpression(`'${"a".repeat(8190)}'`)).not.toThrow();
    expect(errorOf(`'${"a".repeat(8191)}'`)).toMatchObject(long);
    expect(errorOf(`'${"é".repeat(5000)}'`)).toMatchObject(long);
    expect(errorOf("(".repeat(100_000))).toMatchObject(long);
  });
});

describe("for any input:", () => {
  test("what is printed is read back as the same tree", () => {
    fc.assert(
      fc.property(anyTree(), (tree) => {
        const source = print(tree);
        expect(print(parseExpression(source))).toBe(source);
      }),
    );
  });

  test("text that makes no sense gives an ExpressionError with an offset inside it, or a value of JSON", () => {
    const words =
      "( ) [ ] { } . , : ? ! == != < <= && || = - + ' \" \\ a parameters length( 1 -1 1e9 é 😀 }} ${{";
    const text = fc.oneof(
      fc.string({ unit: "binary" }),
      fc.array(fc.constantFrom(...words.split(" "), " "), { maxLength: 30 }).map((parts) => parts.join("")),
    );
    fc.assert(
      fc.property(text, (source) => {
        try {
          const value = evaluate(parseExpression(source), { parameters: { a: [1, { b: "x" }] } });
          expect(JSON.parse(JSON.stringify(value))).toEqual(value);
        } catch (error) {
          if (!(error instanceof ExpressionError)) throw error;
          expect(error.offset).toBeWithin(0, source.length + 1);
        }
      }),
      { numRuns: 2000 },
    );
  });
});

function errorOf(source: string): ExpressionError {
  try {
    parseExpression(source);
  } catch (error) {
    if (error instanceof ExpressionError) return error;
    throw error;
  }
  throw new Error(`no error in ${source}`);
}

/** The tree with every operator in parentheses; members are written as indexes. */
function print(node: Expression): string {
  switch (node.kind) {
    case "literal":
      return JSON.stringify(node.value);
    case "name":
      return node.name;
    case "member":
      return `${print(node.object)}[${JSON.stringify(node.property)}]`;
    case "index":
      return `${print(node.object)}[${print(node.index)}]`;
    case "call":
      return `${node.name}(${node.args.map(print).join(", ")})`;
    case "array":
      return `[${node.items.map(print).join(", ")}]`;
    case "object":
      return `{${node.entries.map(({ key, value }) => `${JSON.stringify(key)}: ${print(value)}`).join(", ")}}`;
    case "not":
      return `(!${print(node.operand)})`;
    case "binary":
      return `(${print(node.left)} ${node.operator} ${print(node.right)})`;
    case "conditional":
      return `(${print(node.test)} ? ${print(node.then)} : ${print(node.otherwise)})`;
    default:
      return node satisfies never;
  }
}

function anyTree(): fc.Arbitrary<Expression> {
  const place = { start: fc.constant(0), end: fc.constant(0) };
  const word = fc
    .stringMatching(/^[a-z_][a-z0-9_-]{0,5}$/)
    .filter((text) => !/^(null|true|false)$/.test(text));
  // JSON writes only \b and \f in ways that the language does not know, and \u for the rest.
  const string = fc.string({ unit: "grapheme" }).filter((text) => !/[\b\f]/.test(text));
  const number = fc
    .double({ noNaN: true, noDefaultInfinity: true })
    .filter((value) => numberProblem(JSON.stringify(value)) === null)
    .map((value) => (value === 0 ? 0 : value));
  const value = fc.oneof(string, number, fc.constant(null), fc.boolean());
  const operator = fc.constantFrom<Binary["operator"][]>("==", "!=", "<", "<=", ">", ">=", "&&", "||");
  return fc.letrec<{ tree: Expression }>((tie) => {
    const tree = tie("tree");
    const entries = fc.uniqueArray(fc.record({ key: word, value: tree }), {
      selector: ({ key }) => key,
      maxLength: 3,
    });
    return {
      tree: fc.oneof(
        { maxDepth: 5 },
        fc.record({ kind: fc.constant("literal" as const), value, ...place }),
        fc.record({ kind: fc.constant("name" as const), name: word, ...place }),
        fc.record({ kind: fc.constant("index" as const), object: tree, index: tree, ...place }),
        fc.record({
          kind: fc.constant("call" as const),
          name: word,
          args: fc.array(tree, { maxLength: 3 }),
          ...place,
        }),
        fc.record({ kind: fc.constant("array" as const), items: fc.array(tree, { maxLength: 3 }), ...place }),
        fc.record({ kind: fc.constant("object" as const), entries, ...place }),
        fc.record({ kind: fc.constant("not" as const), operand: tree, ...place }),
        fc.record({ kind: fc.constant("binary" as const), operator, left: tree, right: tree, ...place }),
        fc.record({
          kind: fc.constant("conditional" as const),
          test: tree,
          // oxlint-disable-next-line unicorn/no-thenable -- the name of a branch
          then: tree,
          otherwise: tree,
          ...place,
        }),
      ),
    };
  }).tree;
}

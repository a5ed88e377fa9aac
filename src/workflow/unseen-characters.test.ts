import { describe, expect, test } from "bun:test";
import { checkWorkflow } from "./validate.ts";

const stages = "stages:\n  - {id: s, roles: {primary: agent:a}}\n";
const head = (id: string): string => `workflow:\n${id}\n  name: N\n${stages}`;
const typed = (parameters: string): string =>
  `workflow: {id: w, name: W}\nconfig: {parameters: {${parameters}}}\n` +
  `stages:\n  - {id: s, roles: {primary: agent:a}, condition: parameters.x == 'a'}\n`;

function findingsOf(text: string) {
  const { errors, warnings } = checkWorkflow(text, { file: "w" }).validation;
  return [...errors, ...warnings].map(({ line, column, message, hint }) => ({
    place: `${line}:${column}`,
    said: `${message} | ${hint}`,
  }));
}

describe("a character that cannot be seen is named once, with its place:", () => {
  test.each([
    ["before a key", head("\u00a0 id: w"), "2:1", "U+00A0 (no-break space) | write a plain space"],
    ["in the indentation", head(" \u3000id: w"), "2:2", "U+3000 (ideographic space) | write a plain space"],
    ["after a colon", head("  id:\u202fw"), "2:6", "U+202F (narrow no-break space) | write a plain space"],
    ["before a value", head("  id: \u00a0w"), "2:7", 'U+00A0 (no-break space) | write "w"'],
    ["behind a value", head("  id: w\u2028"), "2:8", 'U+2028 (line separator) | write "w"'],
    ["in a key", head("  i\u200bd: w"), "2:4", 'U+200B (zero width space) | write "id"'],
    ["in a quoted key", head('  "i\u200bd": w'), "2:5", 'U+200B (zero width space) | write "id"'],
    ["in an id", head("  id: w\u200dx"), "2:8", 'U+200D (zero width joiner) | write "wx"'],
    ["at a second beginning", head("\ufeff  id: w"), "2:1", "U+FEFF (byte order mark) | take it out"],
    [
      "that turns the text round",
      head('  id: "w\u202e"'),
      "2:9",
      'U+202E (right-to-left override) | write "w"',
    ],
    ["a quote", head("  id: “w”"), "2:7", 'only looks like a plain one: U+201C (curly quote) | write "w"'],
    [
      "a dash for an item",
      `workflow: {id: a, name: A}\nstages:\n  – id: s\n`,
      "3:3",
      "U+2013 (dash that is no hyphen) | write",
    ],
    ["a colon", "workflow：{id: a, name: A}\n", "1:9", 'U+FF1A (fullwidth colon) | write ":"'],
    [
      "in a parameter's name",
      typed("x\u200b: {type: string}"),
      "2:24",
      'U+200B (zero width space) | write "x"',
    ],
    ["in a type", typed("x: {type: string\u2060}"), "2:39", 'U+2060 (word joiner) | write "string"'],
    [
      "in true",
      typed("x: {type: string, required: true\u00a0}"),
      "2:55",
      'U+00A0 (no-break space) | write "true"',
    ],
  ])("%s", (_, text, place, said) => {
    expect(findingsOf(text)).toEqual([{ place, said: expect.stringContaining(said) }]);
  });

  test("in an expression", () => {
    const text = typed("x: {type: string}").replace("parameters.x ==", "parameters.x\u00a0==");
    expect(findingsOf(text)).toEqual([
      {
        place: "4:63",
        said: "this is an invisible character: U+00A0 (no-break space). write a plain space | null",
      },
    ]);
  });

  test("and the name of the thing is not blamed", () => {
    const text = `workflow: {id: w, name: W}\nstages:\n  - {id: s\u200b, roles: {primary: agent:a}}\n  - {id: t, depends_on: [s], roles: {primary: agent:a}}\n`;
    expect(findingsOf(text)).toHaveLength(1);
  });
});

test("such characters are allowed in prose", () => {
  const text = `# a\u00a0b “c”\nworkflow: {id: w, name: “A”\u00a0B, description: '👩\u200d💻'}\n${stages}`;
  expect(findingsOf(text)).toEqual([]);
});

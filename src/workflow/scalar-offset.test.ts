import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { stringify } from "yaml";
import { readSource } from "./read-source.ts";
import { sourceOffset } from "./scalar-offset.ts";
import { child, type SourceScalar } from "./source-node.ts";

describe("sourceOffset finds a character of a value in the text:", () => {
  test.each([
    ["plain", "k: a b!", 3],
    ["plain over lines", "k: a\n  b\n\n  c!", 3],
    ["single quotes", "k: 'it''s it!'", 3],
    ["double quotes", String.raw`k: "\u00e9\t\U0001F600\x41 \" !"`, 3],
    ["double quotes over lines", 'k: "a  \n   b \\\n   c\n\n d!"', 3],
    ["literal", "k: |\n\n  a\n    b\n  c!\n", 3],
    ["literal with an indentation given", "k: |1-\n   a\n  b!", 3],
    ["literal with CRLF", "k: |\r\n  a\r\n  b!\r\n", 3],
    ["folded", "k: >-\n  a\n  b\n\n\n  c\n    d\n  e!", 3],
    ["folded with a comment behind", "k: > # why\n  a\n  b!\n\n\nl: 1", 3],
    ["a flow map", "k: {a: 1}\nl: [ x! ]", 3],
  ])("%s", (_, text) => {
    const scalar = scalarWith(text, "!");
    expect(sourceOffset(text, scalar, String(scalar.value).indexOf("!"))).toBe(text.indexOf("!"));
  });

  test("the end of a value is after its last character", () => {
    const text = "k: 'ab'";
    expect(sourceOffset(text, scalarWith(text, "b"), 2)).toBe(text.indexOf("b") + 1);
  });

  test("a value from overrides has only the place of its field", () => {
    const scalar: SourceScalar = {
      ...scalarWith("k: abc", "b"),
      start: 7,
      origin: { file: "overrides.yaml", line: 3 },
    };
    expect(sourceOffset("k: abc", scalar, 2)).toBe(7);
  });

  const pieces = fc.constantFrom(
    ..."a,${{ x }},',\",\\,日,😀,#, ,  ,: ,-,|,\t,\n,\n\n,\n\n\n,\n  ,\u0085,\u0007".split(","),
  );
  const styles = fc.constantFrom("PLAIN", "QUOTE_SINGLE", "QUOTE_DOUBLE", "BLOCK_LITERAL", "BLOCK_FOLDED");

  test("every character of any text in any style, with any line ends", () => {
    fc.assert(
      fc.property(
        fc.array(pieces, { maxLength: 12 }),
        styles,
        fc.constantFrom(0, 20, 80),
        fc.boolean(),
        (...given) => {
          const [parts, style, lineWidth, isCrlf] = given;
          const written = stringify({ k: parts.join("") }, { ...styleOptions(style), lineWidth });
          const text = isCrlf ? written.replaceAll("\n", "\r\n") : written;
          const scalar = child(readSource(text).root, "k");
          if (scalar?.kind !== "scalar" || typeof scalar.value !== "string") return;
          const { value } = scalar;
          for (let at = 0; at < value.length; at++) {
            const there = text[sourceOffset(text, scalar, at)] ?? "\n";
            expect(stands(value[at] ?? "", there)).toBe(true);
          }
        },
      ),
      { numRuns: 1500 },
    );
  });
});

/** A character stands for itself, a break for a space it folds to or for its own, a backslash for what it escapes. */
function stands(unit: string, there: string): boolean {
  if (unit === there || there === "\\") return true;
  return /[\r\n]/.test(there) && /[ \n]/.test(unit);
}

type Style = "PLAIN" | "QUOTE_SINGLE" | "QUOTE_DOUBLE" | "BLOCK_LITERAL" | "BLOCK_FOLDED";

function styleOptions(style: Style) {
  const blockQuote =
    style === "BLOCK_FOLDED" ? ("folded" as const) : style === "BLOCK_LITERAL" && ("literal" as const);
  return { defaultStringType: style, defaultKeyType: "PLAIN" as const, blockQuote: blockQuote || true };
}

function scalarWith(text: string, mark: string): SourceScalar {
  const root = readSource(text).root;
  const open = root ? [root] : [];
  for (let node = open.pop(); node; node = open.pop()) {
    if (node.kind === "list") open.push(...node.items);
    else if (node.kind === "map") open.push(...[...node.entries.values()].map(({ value }) => value));
    else if (typeof node.value === "string" && node.value.includes(mark)) return node;
  }
  throw new Error(`no scalar holds ${mark}`);
}

import { describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Glob } from "bun";
import fc from "fast-check";
import { randomDamage, randomExcerpt, randomFragments } from "../../testing/random-damage.ts";
import { drawFrom, randomDefinition, randomJson, type Draw } from "../../testing/random-definition.ts";
import { randomJsonText, randomYaml } from "../../testing/random-text.ts";
import { composeYaml } from "../compose-yaml.ts";
import type { Finding } from "../finding.ts";
import { createReport } from "../report.ts";
import type { SourceNode } from "../source-node.ts";
import { textLines } from "../text-lines.ts";
import { readUsualYaml } from "./read-usual-yaml.ts";

const root = join(import.meta.dir, "../../..");
const files = [...new Glob("{src,examples,bundles}/**/*.{yaml,yml,json}").scanSync(root)].toSorted();
const pages = [...new Glob("{docs/*.md,README.md}").scanSync(root)].toSorted();
const written = [
  ...files.map((file) => [file, readFileSync(join(root, file), "utf8")] as const),
  ...pages.flatMap(snippetsOf),
];

describe("what it reads, the library reads as the same tree, to the last offset, and finds nothing wrong with:", () => {
  test("every definition, example and snippet of the project", () => {
    for (const [name, text] of written) expect([name, difference(text)]).toEqual([name, null]);
  });

  test("definitions written in any style", () =>
    holdsFor((draw) => randomYaml(draw, randomDefinition(draw))));

  test("any data as YAML and JSON, with keys of any kind", () =>
    holdsFor((draw) => {
      const value = {
        a: randomJson(draw, 4),
        "b c": randomJson(draw, 3),
        "": null,
        "1": [randomJson(draw, 2)],
      };
      return draw.chance(70) ? randomYaml(draw, value) : randomJsonText(draw, value);
    }));

  test("any of these when it is damaged", () =>
    holdsFor((draw) => {
      const [, text] = written[draw.upTo(written.length)] ?? ["", ""];
      const whole = draw.chance(50) ? randomYaml(draw, randomDefinition(draw)) : text;
      return randomDamage(draw, draw.chance(70) ? randomExcerpt(draw, whole) : whole);
    }, 1500));

  test("lines of YAML's special characters", () => holdsFor(randomFragments, 3000));
});

describe("readUsualYaml", () => {
  test("reads most of what people write by itself", () => {
    const read = written.filter(([, text]) => readUsualYaml(text) !== null);
    expect(read.length).toBeGreaterThan(written.length * 0.8);
  });

  test.each([
    ["an anchor", "a: &x 1\nb: *x\n"],
    ["a tag", "a: !!str 1\n"],
    ["a key that is there twice", "a: 1\na: 2\n"],
    ["a text over two lines", "a: one\n  two\n"],
    ["a second document", "a: 1\n---\nb: 2\n"],
    ["a bracket that is never closed", "a: [1, 2\n"],
    ["a number that cannot be kept", "a: 12345678901234567890\n"],
    ["a comment that begins a line inside of braces", "a: { b: { c: 1 }\n# why\n }\n"],
    ["no text at all", ""],
    ["a mere word", "word\n"],
    ["lists in 100 lists", "[".repeat(100) + "]".repeat(100)],
    ["more stages than a workflow has", `stages:\n${"  - a\n".repeat(2001)}`],
    ["more pieces than the library takes", `[${"1,".repeat(150_000)}]`],
  ])("leaves %s to the library", (_, text) => expect(readUsualYaml(text)).toBeNull());
});

function holdsFor(textOf: (draw: Draw) => string, numRuns = 400): void {
  const seeds = fc.integer({ min: 0, max: 2 ** 31 });
  fc.assert(
    fc.property(seeds, (seed) => {
      const text = textOf(drawFrom(seed));
      expect([text, difference(text)]).toEqual([text, null]);
    }),
    { numRuns },
  );
}

/** What the two readers do not agree on; null when they do, or when only the library has read it. */
function difference(
  text: string,
): { usual: SourceNode; library: SourceNode | null; findings: Finding[] } | null {
  const usual = readUsualYaml(text);
  if (!usual) return null;
  const lines = textLines(text);
  const report = createReport(lines, () => null);
  const { root: library } = composeYaml({ text, lines, report });
  const findings = report.findings();
  const isSame = findings.length === 0 && Bun.deepEquals(inOrder(usual), inOrder(library), true);
  return isSame ? null : { usual, library, findings };
}

/** The same with the entries of its maps as lists, whose order counts. */
function inOrder(node: SourceNode | null): unknown {
  if (node?.kind === "map") {
    const entries = [...node.entries].map(([key, entry]) => [key, entry.key, inOrder(entry.value)]);
    return { ...node, entries };
  }
  return node?.kind === "list" ? { ...node, items: node.items.map(inOrder) } : node;
}

function snippetsOf(page: string): (readonly [string, string])[] {
  const snippets = readFileSync(join(root, page), "utf8").matchAll(/^```ya?ml\n([^]*?)^```/gm);
  return [...snippets].map(([, text = ""], at) => [`${page} ${at + 1}`, text]);
}

import { expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parsePrices, priceFindingText, readPrices } from "./read-prices.ts";

const good = '"opus*" = {input = 5, cache_read = 0.5, cache_write = 6.25, output = 25, as_of = 2026-11-30}';

test("a price table is read entry by entry", () => {
  const { prices, findings } = parsePrices(`# our prices\n${good}\n[local]\ninput = 0\noutput = 0\n`);
  expect(findings).toEqual([]);
  expect(Object.fromEntries(prices)).toEqual({
    "opus*": { input: 5, cache_read: 0.5, cache_write: 6.25, output: 25, as_of: "2026-11-30" },
    local: { input: 0, cache_read: null, cache_write: null, output: 0, as_of: null },
  });
});

const wrong: [text: string, place: string, says: string][] = [
  [`${good}\n  "b" = {input = 1`, "2:3", "this is not TOML"],
  [`${good}\n${good}`, "2:1", "Cannot redefine key 'opus*'"],
  [`${good}\n\n  haiku = 3`, "3:3", 'the price of "haiku" must be a table such as'],
  [`${good}\n'o*us' = {input = 1, output = 1}`, "2:1", 'has a "*" that is not at the end'],
  [`[b]\ninput = 1`, "1:1", 'the price of "b" needs "input" and "output"'],
  [`b = {input = -1, output = 1}`, "1:1", '"input" of the price of "b" must be dollars per million tokens'],
  [`b = {input = "1", output = 1}`, "1:1", '"input" of the price of "b" must be dollars'],
  [
    `b = {input = 1, output = 1, cached = 1}`,
    "1:1",
    '"cached", which means nothing. known: input, cache_read',
  ],
  [`b = {input = 1, output = 1, as_of = "May"}`, "1:1", '"as_of" of the price of "b" must be a day'],
];

test.each(wrong)("%j is told of at %s: %s", (text, place, says) => {
  const { findings } = parsePrices(text);
  expect(findings.map(({ line, column }) => `${line}:${column}`)).toEqual([place]);
  expect(findings[0]?.message).toContain(says);
});

test("a wrong entry leaves the others as they are", () => {
  const { prices } = parsePrices(`haiku = 3\n${good}`);
  expect([...prices.keys()]).toEqual(["opus*"]);
});

test("the file is optional, and one that cannot be read is told of with its name", () => {
  const home = mkdtempSync(join(tmpdir(), "prices-"));
  expect(readPrices(home)).toMatchObject({ prices: new Map(), findings: [] });
  mkdirSync(join(home, "prices.toml"));
  const { file, findings } = readPrices(home);
  expect(findings.map((finding) => priceFindingText(file, finding))).toEqual([
    `${file}:1:1: "${file}" is not a file [price_table_broken]`,
  ]);
});

test("a file of bytes that are no text has no prices", () => {
  const home = mkdtempSync(join(tmpdir(), "prices-"));
  writeFileSync(join(home, "prices.toml"), Buffer.from([0xff, 0xfe, 0x00]));
  expect(readPrices(home).findings).toMatchObject([{ code: "price_table_broken", line: 1, column: 1 }]);
});

import { join } from "node:path";
import { AppError } from "../errors.ts";
import type { Price, Prices } from "../execution/prices.ts";
import { readTextFile } from "./read-text-file.ts";
import { statSync } from "./seen-files.ts";

/** What `<home>/prices.toml` says. What is wrong in it is left out and told; the rest counts. */
export interface PriceTable {
  file: string;
  prices: Prices;
  findings: PriceFinding[];
}

/** `line` and `column` count from 1. */
export interface PriceFinding {
  code: "price_table_broken" | "price_wrong";
  message: string;
  line: number;
  column: number;
}

const counted = ["input", "cache_read", "cache_write", "output"] as const;
const known: readonly string[] = [...counted, "as_of"];
const mostDollars = 1_000_000;
const mostFindings = 20;
const example =
  '"claude-opus*" = {input = 5, cache_read = 0.5, cache_write = 6.25, output = 25, as_of = "2026-11-30"}';

/** Reads the prices. A file that is missing has none; one that is broken is told of, and never an error. */
export function readPrices(home: string): PriceTable {
  const file = join(home, "prices.toml");
  try {
    if (!statSync(file, { throwIfNoEntry: false })) return { file, prices: new Map(), findings: [] };
    return { file, ...parsePrices(readTextFile(file, file)) };
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    const message = error instanceof AppError ? error.message : `it cannot be read: ${error.message}`;
    return {
      file,
      prices: new Map(),
      findings: [{ code: "price_table_broken", message, line: 1, column: 1 }],
    };
  }
}

/** The finding as one line, with its place. */
export function priceFindingText(file: string, { code, message, line, column }: PriceFinding): string {
  return `${file}:${line}:${column}: ${message} [${code}]`;
}

/** Reads the text of a price table. */
export function parsePrices(text: string): Pick<PriceTable, "prices" | "findings"> {
  let entries: [string, unknown][];
  try {
    entries = Object.entries(Bun.TOML.parse(text));
  } catch (error) {
    return { prices: new Map(), findings: [brokenFinding(text, error)] };
  }
  const prices = new Map<string, Price>();
  const findings: PriceFinding[] = [];
  for (const [name, entry] of entries) {
    const price = readPrice(name, entry);
    if (typeof price !== "string") prices.set(name, price);
    else if (findings.length < mostFindings) {
      findings.push({ code: "price_wrong", message: price, ...placeOf(text, name) });
    }
  }
  return { prices, findings };
}

/** The price, or what is wrong with it. */
function readPrice(name: string, entry: unknown): Price | string {
  const named = `the price of "${name}"`;
  if (/\*./.test(name)) return `${named} has a "*" that is not at the end, so that it fits no model`;
  if (typeof entry !== "object" || entry === null || Array.isArray(entry))
    return `${named} must be a table such as ${example}`;
  const given: Record<string, unknown> = { ...entry };
  const unknown = Object.keys(given).find((key) => !known.includes(key));
  if (unknown !== undefined)
    return `${named} has "${unknown}", which means nothing. known: ${known.join(", ")}`;
  const wrong = counted.find((kind) => given[kind] !== undefined && !isDollars(given[kind]));
  if (wrong !== undefined) return `"${wrong}" of ${named} must be dollars per million tokens, 0 or more`;
  const { input, output, cache_read = null, cache_write = null } = given;
  // A day without quotes is a date of TOML.
  const as_of: unknown = JSON.parse(JSON.stringify(given["as_of"] ?? null));
  if (!isDollars(input) || !isDollars(output)) return `${named} needs "input" and "output"`;
  if (as_of !== null && !isDay(as_of)) return `"as_of" of ${named} must be a day such as "2026-11-30"`;
  return { input, output, cache_read: dollars(cache_read), cache_write: dollars(cache_write), as_of };
}

function isDollars(value: unknown): value is number {
  return typeof value === "number" && value >= 0 && value <= mostDollars;
}

function dollars(value: unknown): number | null {
  return isDollars(value) ? value : null;
}

function isDay(value: unknown): value is string {
  return typeof value === "string" && /^\d{4}-\d{2}-\d{2}$/.test(value) && !Number.isNaN(Date.parse(value));
}

/** Where a name is written at the beginning of a line; the beginning of the file where it is written otherwise. */
function placeOf(text: string, name: string): { line: number; column: number } {
  const heads = [`"${name}"`, `'${name}'`, name].flatMap((word) => [word, `[${word}]`]);
  const lines = text.split("\n");
  const at = lines.findIndex((line) => {
    const start = line.trimStart();
    return heads.some((head) => start.startsWith(head) && /^\s*(=|\.|$|#)/.test(start.slice(head.length)));
  });
  return at < 0 ? { line: 1, column: 1 } : { line: at + 1, column: columnOf(lines[at] ?? "") };
}

/** The parser does not tell the place, so the first line is looked for up to which the text cannot be read. */
function brokenFinding(text: string, error: unknown): PriceFinding {
  const said = error instanceof Error ? error.message.replace(/^TOML Parse error: /, "") : String(error);
  const lines = text.split("\n");
  let [good, bad] = [0, lines.length];
  while (bad - good > 1) {
    const middle = (good + bad) >> 1;
    if (canRead(lines.slice(0, middle).join("\n"))) good = middle;
    else bad = middle;
  }
  const message = `this is not TOML, so no price is known: ${said}. an entry looks like ${example}`;
  return { code: "price_table_broken", message, line: bad, column: columnOf(lines[bad - 1] ?? "") };
}

function canRead(text: string): boolean {
  try {
    Bun.TOML.parse(text);
    return true;
  } catch {
    return false;
  }
}

function columnOf(line: string): number {
  return line.length - line.trimStart().length + 1;
}

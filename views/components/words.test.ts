import { describe, expect, test } from "bun:test";
import { agoText, spanText, untilText } from "./time-text.ts";
import { bytesText, costText, countText, tokensText } from "./usage-text.ts";
import { quoteWord } from "../executions/execution-controls.tsx";
import { withQuery, workflowPath } from "../paths.ts";
import { hueOf, type Hue } from "../workflows/hue.ts";
import type { Usage } from "../../src/execution/record.ts";

describe("a span of time", () => {
  test.each([
    [0, "0.0s"],
    [-5, "0.0s"],
    [430, "0.4s"],
    [12_400, "12s"],
    [185_000, "3m 05s"],
    [3_720_000, "1h 02m"],
    [183_600_000, "2d 03h"],
  ])("%d ms is %s", (ms, text) => expect(spanText(ms)).toBe(text));
});

describe("an instant, from 2026-11-25 12:00", () => {
  const now = Date.parse("2026-11-25T12:00:00Z");
  test.each([
    ["2026-11-25T11:59:40Z", "just now"],
    ["2026-11-25T11:42:00Z", "18 min ago"],
    ["2026-11-25T09:30:00Z", "2 h ago"],
    ["2026-11-24T11:00:00Z", "yesterday"],
    ["2026-11-20T12:00:00Z", "5 d ago"],
  ])("%s was %s", (iso, text) => expect(agoText(iso, now)).toBe(text));
  test.each([
    ["2026-11-25T12:56:10Z", "in 57 min"],
    ["2026-11-25T13:30:00Z", "in 1 h 30 min"],
    ["2026-11-26T12:00:00Z", "in 24 h"],
    ["2026-11-28T11:00:00Z", "in 2 d"],
    ["2026-11-29T12:00:00Z", "in 4 d"],
    ["2026-11-25T11:00:00Z", "now"],
  ])("%s is %s", (iso, text) => expect(untilText(iso, now)).toBe(text));
});

describe("what was used", () => {
  const usage = (given: Partial<Usage>): Usage => ({
    input: 0,
    cache_read: 0,
    cache_write: 0,
    output: 0,
    cost_micro_usd: 0,
    basis: "reported",
    ...given,
  });
  test.each([
    [usage({ cost_micro_usd: 2_180_000 }), "$2.18"],
    [usage({ cost_micro_usd: 300 }), "< $0.01"],
    [usage({}), "$0.00"],
    [usage({ cost_micro_usd: 0, basis: "unknown" }), null],
    [null, null],
  ] as [Usage | null, string | null][])("costs %p: %p", (given, text) => expect(costText(given)).toBe(text));
  test.each([
    [840, "840"],
    [9_100, "9.1k"],
    [9_000, "9k"],
    [312_400, "312k"],
    [4_200_000, "4.2M"],
  ])("%d tokens are %s", (count, text) => expect(countText(count)).toBe(text));
  test("counts what came from a cache as read", () =>
    expect(tokensText(usage({ input: 1000, cache_read: 47_200, output: 9100 }))).toBe("48.2k in · 9.1k out"));
  test.each([
    [12, "12 B"],
    [3_100, "3.1 KB"],
    [2_500_000, "2.5 MB"],
  ])("%d bytes are %s", (bytes, text) => expect(bytesText(bytes)).toBe(text));
});

describe("a workflow's hue", () => {
  test.each([
    ["#6366f1", "indigo"],
    ["#f00", "rose"],
    ["#f97316", "orange"],
    ["#808080", "slate"],
    ["Teal", "teal"],
    ["grey", "slate"],
    ["url(javascript:x)", hueOf(undefined, "id")],
    ["__proto__", hueOf(undefined, "id")],
  ] as [string, Hue][])("of %s is %s", (color, hue) => expect(hueOf(color, "id")).toBe(hue));
  test("without a colour is always the same for the same id", () =>
    expect(hueOf(undefined, "ship")).toBe(hueOf(undefined, "ship")));
});

describe("a word for a shell", () => {
  test.each([
    ["ship-it", "ship-it"],
    ["a b", "'a b'"],
    ["it's", String.raw`'it'\''s'`],
    ["$(rm -rf /)", "'$(rm -rf /)'"],
    ["", "''"],
  ])("%j is %s", (text, word) => expect(quoteWord(text)).toBe(word));
});

describe("an address", () => {
  test("holds any id", () => expect(workflowPath("a/b ?#", "run")).toBe("/workflows/a%2Fb%20%3F%23/run"));
  test("leaves out what is empty", () =>
    expect(withQuery("/x", { a: "", b: null, c: ["1", "2"], d: "&" })).toBe("/x?c=1&c=2&d=%26"));
});

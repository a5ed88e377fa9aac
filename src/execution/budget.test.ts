import { describe, expect, test } from "bun:test";
import { dollarsLeft, limitProblem, spentRatio, usedUpLimit } from "./budget.ts";
import type { Usage } from "./record.ts";

const used = (dollars: number, basis: Usage["basis"] = "reported"): Usage => ({
  input: 100,
  cache_read: 100_000,
  cache_write: 20,
  output: 30,
  cost_micro_usd: dollars * 1_000_000,
  basis,
});

describe("a budget", () => {
  const cases: [
    budget: { usd: number | null; tokens: number | null },
    usage: Usage | null,
    ratio: number | null,
  ][] = [
    [{ usd: 2, tokens: null }, null, 0],
    [{ usd: 2, tokens: null }, used(1), 0.5],
    [{ usd: null, tokens: 300 }, used(1), 0.5],
    [{ usd: 10, tokens: 300 }, used(1), 0.5],
    [{ usd: 1, tokens: 300 }, used(1), 1],
    [{ usd: 2, tokens: null }, used(0, "unknown"), null],
    [{ usd: 2, tokens: null }, used(1, "unknown"), 0.5],
    [{ usd: 2, tokens: 300 }, used(0, "unknown"), 0.5],
    [{ usd: null, tokens: null }, used(1), null],
  ];
  test.each(cases)("%j with %j is used to %p", (budget, usage, ratio) =>
    expect(spentRatio(budget, usage)).toBe(ratio),
  );

  test("is used up when all of a limit is spent, and what nobody knows the price of uses up no dollars", () => {
    expect(usedUpLimit({ usd: 1, tokens: null }, used(1))?.limit).toBe("usd");
    expect(usedUpLimit({ usd: 1, tokens: null }, used(0.999999))).toBeNull();
    expect(usedUpLimit({ usd: 1, tokens: 150 }, used(0, "unknown"))?.limit).toBe("tokens");
    expect(usedUpLimit(null, used(1000))).toBeNull();
  });

  test("has dollars left only where it limits them", () => {
    expect(dollarsLeft({ usd: 1, tokens: null }, used(0.3))).toBe(0.7);
    expect(dollarsLeft({ usd: 1, tokens: null }, used(3))).toBe(0);
    expect(dollarsLeft({ usd: null, tokens: 5 }, used(3))).toBeNull();
  });
});

test.each([
  ["usd", 0.000001, true],
  ["usd", 0, false],
  ["usd", Number.NaN, false],
  ["usd", "5", false],
  ["tokens", 1, true],
  ["tokens", 1.5, false],
  ["tokens", 1e13, false],
] as const)("a limit of %s=%p is good: %p", (limit, value, isGood) =>
  expect(limitProblem(limit, value) === null).toBe(isGood),
);

import { describe, expect, test } from "bun:test";
import { priceOf, priceUsage, type Price, type Prices } from "./prices.ts";
import type { Usage } from "./record.ts";

const price = (input: number, more: Partial<Price> = {}): Price => ({
  input,
  cache_read: input / 10,
  cache_write: input * 1.25,
  output: input * 5,
  as_of: null,
  ...more,
});
const prices: Prices = new Map([
  ["*", price(1)],
  ["opus*", price(5)],
  ["opus-5*", price(6)],
  ["opus-5", price(7)],
  ["no-cache", price(2, { cache_read: null })],
]);

describe("the price of a model", () => {
  const cases: [model: string, input: number][] = [
    ["opus-5", 7],
    ["opus-5-fast", 6],
    ["opus-4", 5],
    ["opus", 5],
    ["gemini", 1],
    ["", 1],
  ];
  test.each(cases)("of %j is $%d a million", (model, input) =>
    expect(priceOf(prices, model)?.input).toBe(input),
  );

  test("is unknown where nothing fits", () =>
    expect(priceOf(new Map([["opus", price(5)]]), "opus-5")).toBeNull());
});

describe("usage", () => {
  const used: Usage = {
    input: 1000,
    cache_read: 10_000,
    cache_write: 100,
    output: 200,
    cost_micro_usd: 0,
    basis: "unknown",
  };
  const tokens = { input: 1000, cache_read: 10_000, cache_write: 100, output: 200 };

  test("that is reported stays as it is", () => {
    const reported: Usage = { ...used, cost_micro_usd: 3, basis: "reported" };
    expect(priceUsage(reported, { unpriced: null, model: "opus", prices })).toBe(reported);
  });

  test("without a cost gets the price of the model that was asked for", () =>
    expect(priceUsage(used, { unpriced: null, model: "opus", prices })).toMatchObject({
      cost_micro_usd: 5_000 + 5_000 + 625 + 5_000,
      basis: "price_table",
    }));

  test("that is reported in part has the rest priced, by the models that the agent names", () => {
    const half: Usage = { ...used, cost_micro_usd: 40 };
    const unpriced = [{ model: "gemini", input: 10, cache_read: 0, cache_write: 0, output: 2 }];
    expect(priceUsage(half, { unpriced, model: "opus", prices })).toEqual({
      ...half,
      cost_micro_usd: 40 + 10 + 10,
      basis: "price_table",
    });
  });

  test.each([
    ["a model without a price", { model: "other", ...tokens }, new Map([["opus", price(5)]])],
    ["tokens of a kind without a price", { model: "no-cache", ...tokens }, prices],
  ])("with %s stays unknown, and is never 0", (_, part, given: Prices) => {
    const priced = priceUsage(used, { unpriced: [part], model: "opus", prices: given });
    expect(priced.basis).toBe("unknown");
  });
});

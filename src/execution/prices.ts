import type { Usage } from "./record.ts";
import type { Tokens, UnpricedTokens } from "./usage.ts";

/** Dollars per million tokens, which is micro-dollars a token. Null where the price of that kind is not known. */
export interface Price {
  input: number;
  cache_read: number | null;
  cache_write: number | null;
  output: number;
  /** The day of the price, `2026-11-30`; null where nobody has said. */
  as_of: string | null;
}

/** By the name of a model, or by the beginning of names with a `*` after it. */
export type Prices = ReadonlyMap<string, Price>;

/** The price of a model: its own, else that of the longest beginning that fits. Null when none does. */
export function priceOf(prices: Prices, model: string): Price | null {
  const own = prices.get(model);
  if (own) return own;
  for (let length = model.length; length >= 0; length--) {
    const price = prices.get(`${model.slice(0, length)}*`);
    if (price) return price;
  }
  return null;
}

/**
 * Usage with the cost of what was not reported, at these prices. `unpriced` is the part of `usage` without a reported
 * cost, where a part has one; `model` is the one that was asked for, where the agent names none. While any part has no
 * price the basis stays `unknown`, and the cost is that of the other parts.
 */
export function priceUsage(
  usage: Usage,
  { unpriced, model, prices }: { unpriced: readonly UnpricedTokens[] | null; model: string; prices: Prices },
): Usage {
  if (usage.basis !== "unknown") return usage;
  const parts = unpriced ?? [{ ...usage, model: null }];
  const costs = parts.map((part) => costOf(part, priceOf(prices, part.model ?? model)));
  const known = costs.filter((cost) => cost !== null);
  return {
    ...usage,
    cost_micro_usd: usage.cost_micro_usd + known.reduce((sum, cost) => sum + cost, 0),
    basis: known.length === costs.length ? "price_table" : "unknown",
  };
}

/** In whole micro-dollars; null when tokens were used that have no price. */
function costOf(tokens: Tokens, price: Price | null): number | null {
  if (price === null) return null;
  let cost = 0;
  for (const kind of ["input", "cache_read", "cache_write", "output"] as const) {
    const each = price[kind];
    if (each === null && tokens[kind] > 0) return null;
    cost += tokens[kind] * (each ?? 0);
  }
  return Math.round(cost);
}

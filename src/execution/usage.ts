import type { Usage } from "./record.ts";

export type Tokens = Pick<Usage, "input" | "cache_read" | "cache_write" | "output">;
/** Tokens whose cost the agent has not reported. `model`: the one that used them; null: the agent does not say. */
export type UnpricedTokens = Tokens & { model: string | null };

/** The sum of two attempts' usage. The cost is only as certain as that of the less certain one. */
export function addUsage(a: Usage | null, b: Usage | null): Usage | null {
  if (a === null || b === null) return a ?? b;
  return {
    input: a.input + b.input,
    cache_read: a.cache_read + b.cache_read,
    cache_write: a.cache_write + b.cache_write,
    output: a.output + b.output,
    cost_micro_usd: a.cost_micro_usd + b.cost_micro_usd,
    basis: a.basis === b.basis ? a.basis : weakerBasis(a.basis, b.basis),
  };
}

function weakerBasis(a: Usage["basis"], b: Usage["basis"]): Usage["basis"] {
  return a === "unknown" || b === "unknown" ? "unknown" : "price_table";
}

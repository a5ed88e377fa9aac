import type { Budget } from "./effective.ts";

/** What a budget allows, one text a limit: `$2.50`, `200,000 tokens`. */
export function budgetTexts(budget: Budget | null): string[] {
  const { usd, tokens } = budget ?? { usd: null, tokens: null };
  return [
    ...(usd === null ? [] : [dollarText(usd)]),
    ...(tokens === null ? [] : [`${countText(tokens)} tokens`]),
  ];
}

/** `$2.50`, `$0.0001`: at least whole cents, and as many places as there are. */
export function dollarText(usd: number): string {
  const exact = usd.toFixed(6).replace(/0{1,4}$/, "");
  return `$${exact}`;
}

/** `200,000`. */
export function countText(count: number): string {
  return count.toLocaleString("en-US");
}

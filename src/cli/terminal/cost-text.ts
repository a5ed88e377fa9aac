import type { Usage } from "../../execution/record.ts";

/** `$0.0750`; `unknown` where tokens have no price, which is not 0; empty where nothing was used. */
export function costText(usage: Usage | null): string {
  if (usage === null) return "";
  return usage.basis === "unknown" ? "unknown" : `$${(usage.cost_micro_usd / 1_000_000).toFixed(4)}`;
}

import type { Usage } from "../execution/record.ts";
import type { MeteredUsage } from "./dispatcher.ts";

const counters = ["input", "output", "cache_read", "cache_write"] as const;

/**
 * The usage that an agent reports: `{input, output, cache_read, cache_write, cost_usd, model}`, each left out where
 * unknown. Without a cost the basis is `unknown`, until somebody prices the tokens of that model.
 */
export function usageOf(reported: unknown): MeteredUsage | { problem: string } {
  if (typeof reported !== "object" || reported === null || Array.isArray(reported)) {
    return { problem: "usage must be an object with counts of tokens" };
  }
  const given: Record<string, unknown> = { ...reported };
  const usage: Usage = {
    input: 0,
    cache_read: 0,
    cache_write: 0,
    output: 0,
    cost_micro_usd: 0,
    basis: "unknown",
  };
  for (const name of counters) {
    const count = given[name] ?? 0;
    if (!isCount(count)) return { problem: `usage "${name}" must be a whole number of tokens, 0 or more` };
    usage[name] = Math.round(count);
  }
  const cost = given["cost_usd"] ?? null;
  if (cost === null) return modelOf(given["model"], usage);
  if (!isCount(cost)) return { problem: 'usage "cost_usd" must be a number of dollars, 0 or more' };
  usage.cost_micro_usd = Math.round(cost * 1_000_000);
  usage.basis = "reported";
  return { usage };
}

function modelOf(model: unknown, usage: Usage): MeteredUsage | { problem: string } {
  if (model === undefined || model === null) return { usage };
  const isName = typeof model === "string" && model !== "" && model.length <= longestModel;
  if (!isName) return { problem: `usage "model" must be a name of 1 to ${longestModel} characters` };
  const { input, cache_read, cache_write, output } = usage;
  return { usage, unpriced: [{ model, input, cache_read, cache_write, output }] };
}

const longestModel = 200;

/** Bounded, so that sums over many attempts stay exact integers. */
function isCount(value: unknown): value is number {
  return typeof value === "number" && value >= 0 && value <= 1_000_000_000;
}

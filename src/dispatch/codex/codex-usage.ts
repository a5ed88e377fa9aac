import type { Usage } from "../../execution/record.ts";
import type { Tokens } from "../../execution/usage.ts";
import type { MeteredUsage } from "../dispatcher.ts";
import { fieldsField, numberField, type Fields } from "../stream/fields.ts";
import { combineTokens, increase, noTokens } from "../stream/token-counts.ts";

/** Counts what an attempt has used. Every end of a turn tells the total of the whole thread. */
export interface CodexUsage {
  /** Takes the message that ends a turn, and returns what that turn added; null where it does not tell. */
  hear(message: Fields): Usage | null;
  /** Everything so far; null while nothing is known. `now`: the thread's total, where it is known otherwise. */
  total(now: Tokens | null): Usage | null;
}

/** `before`: what of its thread was charged for already. */
export function createCodexUsage(before: Tokens = noTokens): CodexUsage {
  let total: Tokens | null = null;
  return {
    hear(message) {
      const now = tokensOf(fieldsField(message, "usage"));
      if (now === null) return null;
      const added = combineTokens(now, total ?? before, increase);
      total = combineTokens(now, total ?? noTokens, Math.max);
      return unpriced(added);
    },
    total(now) {
      if (total === null && now === null) return null;
      const most = combineTokens(total ?? noTokens, now ?? noTokens, Math.max);
      return unpriced(combineTokens(most, before, increase));
    },
  };
}

/**
 * What the turns have used, for a price table. codex does not say which model of its own settings it used: then the
 * tokens are those of a model named "codex".
 */
export function meteredUsage(usage: Usage | null, model: string | null): MeteredUsage {
  if (usage === null) return {};
  if (model !== null) return { usage };
  const { input, cache_read, cache_write, output } = usage;
  return { usage, unpriced: [{ model: "codex", input, cache_read, cache_write, output }] };
}

/** codex knows no money. */
function unpriced(tokens: Tokens): Usage {
  return { ...tokens, cost_micro_usd: 0, basis: "unknown" };
}

/** The input includes what was read from the cache and written to it. */
export function tokensOf(usage: Fields | null): Tokens | null {
  if (usage === null) return null;
  const count = (name: string): number => Math.round(numberField(usage, name) ?? 0);
  const [cache_read, cache_write] = [count("cached_input_tokens"), count("cache_write_input_tokens")];
  const input = increase(count("input_tokens"), cache_read + cache_write);
  return { input, cache_read, cache_write, output: count("output_tokens") };
}

import type { TranscriptEvent } from "../../execution/transcript.ts";
import type { Usage } from "../../execution/record.ts";
import type { Tokens, UnpricedTokens } from "../../execution/usage.ts";
import type { MeteredUsage } from "../dispatcher.ts";
import { fieldsField, listField, numberField, textField, type Fields } from "../stream/fields.ts";
import { increase, noTokens, sumTokens } from "../stream/token-counts.ts";

/** Counts what an agent has used. The protocol requires it to tell nothing of that. */
export interface AcpUsage {
  /** An update about the session: its cost so far, and how full its context is. */
  hearUpdate(update: Fields): void;
  /** The answer to the prompt. */
  hearEnd(result: Fields): void;
  /**
   * `model`: the one that the session works with; `charged`: what of its cost was charged for already. Empty where
   * nothing was told.
   */
  total(model: string, charged: Usage | null): MeteredUsage;
  event(): TranscriptEvent[];
}

export function createAcpUsage(): AcpUsage {
  let tokens: Tokens | null = null;
  let models: UnpricedTokens[] = [];
  let usd: number | null = null;
  let context: { context_used?: number; context_size?: number } = {};
  const add = (more: Tokens): void => {
    tokens = sumTokens(tokens ?? noTokens, more);
  };
  const costOf = (): number => Math.round((usd ?? 0) * 1_000_000);
  return {
    hearUpdate(update) {
      const [used, size] = [numberField(update, "used"), numberField(update, "size")];
      context = {
        ...context,
        ...(used === null ? {} : { context_used: used }),
        ...(size === null ? {} : { context_size: size }),
      };
      const cost = fieldsField(update, "cost");
      // Other currencies have no place in the record.
      if (textField(cost, "currency") === "USD") usd = numberField(cost, "amount") ?? usd;
    },
    /** Each turn tells what it has used; the cost is that of the session. */
    hearEnd(result) {
      const quota = fieldsField(fieldsField(result, "_meta"), "quota");
      const used = listField(quota, "model_usage").map((each) => ({
        model: textField(each, "model"),
        ...quotaTokens(fieldsField(each, "token_count")),
      }));
      models = [...models, ...used];
      const reported = fieldsField(result, "usage");
      const counted = fieldsField(quota, "token_count");
      if (reported !== null) add(usageTokens(reported));
      else if (counted !== null) add(quotaTokens(counted));
      else if (used.length > 0) add(used.reduce<Tokens>(sumTokens, noTokens));
    },
    total(model, charged) {
      if (tokens === null && usd === null) return {};
      const used = tokens ?? noTokens;
      const before = charged?.basis === "reported" ? charged.cost_micro_usd : 0;
      if (usd !== null)
        return { usage: { ...used, cost_micro_usd: increase(costOf(), before), basis: "reported" } };
      const unpriced = models.length > 0 ? models : [{ model, ...used }];
      return { usage: { ...used, cost_micro_usd: 0, basis: "unknown" }, unpriced };
    },
    event() {
      if (tokens === null && usd === null && context.context_used === undefined) return [];
      const cost = usd === null ? {} : { cost_micro_usd: costOf() };
      return [{ kind: "usage", ...(tokens ?? noTokens), ...cost, ...context }];
    },
  };
}

/** Thoughts are a part of the output, unless the total shows that they were counted beside it. */
function usageTokens(usage: Fields): Tokens {
  const count = (name: string): number => Math.round(numberField(usage, name) ?? 0);
  const tokens = {
    input: count("inputTokens"),
    cache_read: count("cachedReadTokens"),
    cache_write: count("cachedWriteTokens"),
    output: count("outputTokens"),
  };
  const [thought, total] = [count("thoughtTokens"), count("totalTokens")];
  const sum = tokens.input + tokens.cache_read + tokens.cache_write + tokens.output;
  return thought > 0 && total === sum + thought ? { ...tokens, output: tokens.output + thought } : tokens;
}

function quotaTokens(count: Fields | null): Tokens {
  return {
    ...noTokens,
    input: Math.round(numberField(count, "input_tokens") ?? 0),
    output: Math.round(numberField(count, "output_tokens") ?? 0),
  };
}

import { countText, dollarText } from "../workflow/budget-text.ts";
import type { Budget } from "../workflow/effective.ts";
import type { Usage } from "./record.ts";

/** How far one limit of a budget is used. Money is in dollars. */
export interface LimitUse {
  limit: "usd" | "tokens";
  most: number;
  spent: number;
  /** 1 and more: it is used up. */
  ratio: number;
}

/** From this share of a limit on a warning is due. */
const warningRatio = 0.8;

/** Tokens that were read from a cache count for nothing. Costs that are unknown cannot be counted. */
export function limitUses(budget: Budget | null, usage: Usage | null): LimitUse[] {
  const { usd = null, tokens = null } = budget ?? {};
  const spent = usage === null ? 0 : usage.input + usage.cache_write + usage.output;
  const cost = usage?.cost_micro_usd ?? 0;
  return [
    ...(usd === null ? [] : [use("usd", usd, cost / 1_000_000)]),
    ...(tokens === null ? [] : [use("tokens", tokens, spent)]),
  ];
}

/** The limit that is used up; null while none is. */
export function usedUpLimit(budget: Budget | null, usage: Usage | null): LimitUse | null {
  return usedUpLimits(budget, usage)[0] ?? null;
}

/** The limit that what was spent last has brought near its end; null where that was so before, or is not so yet. */
export function nearlyUsedLimit(
  budget: Budget | null,
  before: Usage | null,
  after: Usage | null,
): LimitUse | null {
  const earlier = limitUses(budget, before);
  const isNew = ({ ratio }: LimitUse, at: number): boolean =>
    ratio >= warningRatio && (earlier[at]?.ratio ?? 0) < warningRatio;
  return limitUses(budget, after).find(isNew) ?? null;
}

/** What is left of the dollars, 0 or more; null where they are not limited. */
export function dollarsLeft(budget: Budget | null, usage: Usage | null): number | null {
  const use = limitUses(budget, usage).find(({ limit }) => limit === "usd");
  return use ? Math.max(0, Math.round((use.most - use.spent) * 1_000_000) / 1_000_000) : null;
}

/** The share of the limit that is used most; null where there is none, or nothing of it can be known. */
export function spentRatio(budget: Budget | null, usage: Usage | null): number | null {
  const isUnknown = usage?.basis === "unknown" && usage.cost_micro_usd === 0;
  const ratios = limitUses(budget, usage)
    .filter(({ limit }) => limit === "tokens" || !isUnknown)
    .map(({ ratio }) => ratio);
  return ratios.length === 0 ? null : Math.round(Math.max(...ratios) * 10_000) / 10_000;
}

/** What a person gives when an execution goes on: the limits that are to hold from now on. */
export type BudgetChange = Partial<{ usd: number; tokens: number }>;

export function changeBudget(budget: Budget | null, change: BudgetChange): Budget {
  return { usd: change.usd ?? budget?.usd ?? null, tokens: change.tokens ?? budget?.tokens ?? null };
}

const most = { usd: 1_000_000, tokens: 1_000_000_000_000 } as const;

/** Why a limit cannot be set to this; null when it can. */
export function limitProblem(limit: keyof typeof most, value: unknown): string | null {
  const isWhole = limit === "usd" || Number.isInteger(value);
  const least = limit === "usd" ? 0.000001 : 1;
  if (typeof value === "number" && isWhole && value >= least && value <= most[limit]) return null;
  return limit === "usd"
    ? `"usd" must be dollars, more than 0 and at most ${most.usd}`
    : `"tokens" must be a whole number from 1 to ${most.tokens}`;
}

/** What a person wrote as a limit, or why it cannot be one. */
export function readLimit(limit: keyof typeof most, text: string): { value: number } | { problem: string } {
  const value = /^\d*\.?\d+$/.test(text) ? Number(text) : Number.NaN;
  const problem = limitProblem(limit, value);
  return problem === null ? { value } : { problem };
}

/** A limit to go on with where one is used up: twice what was spent. */
export function higherLimit({ limit, spent }: LimitUse): number {
  return limit === "usd" ? Math.ceil(spent * 2 * 100) / 100 : spent * 2;
}

/** The limits that are used up by what was spent. */
export function usedUpLimits(budget: Budget | null, usage: Usage | null): LimitUse[] {
  return limitUses(budget, usage).filter(({ ratio }) => ratio >= 1);
}

/** `$1.23 of $2.00`, `812 of 1,000 tokens`. */
export function limitText({ limit, most: limited, spent }: LimitUse): string {
  if (limit === "tokens") return `${countText(spent)} of ${countText(limited)} tokens`;
  return `${dollarText(spent)} of ${dollarText(limited)}`;
}

function use(limit: LimitUse["limit"], limited: number, spent: number): LimitUse {
  return { limit, most: limited, spent, ratio: spent / limited };
}

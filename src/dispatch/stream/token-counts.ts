import type { Usage } from "../../execution/record.ts";
import type { TranscriptEvent } from "../../execution/transcript.ts";
import type { Tokens } from "../../execution/usage.ts";

export const noTokens: Tokens = { input: 0, cache_read: 0, cache_write: 0, output: 0 };

export function combineTokens(a: Tokens, b: Tokens, how: (one: number, other: number) => number): Tokens {
  return {
    input: how(a.input, b.input),
    cache_read: how(a.cache_read, b.cache_read),
    cache_write: how(a.cache_write, b.cache_write),
    output: how(a.output, b.output),
  };
}

export function sumTokens(a: Tokens, b: Tokens): Tokens {
  return combineTokens(a, b, (one, other) => one + other);
}

/** What a running total has grown by. One that has become smaller is another total: then nothing is known. */
export function increase(now: number, before: number): number {
  return Math.max(0, now - before);
}

/** The event of a transcript; no cost where it is not known. */
export function usageEvent({ basis, cost_micro_usd, ...tokens }: Usage): TranscriptEvent {
  return { kind: "usage", ...tokens, ...(basis === "unknown" ? {} : { cost_micro_usd }) };
}

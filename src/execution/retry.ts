import { parseDuration } from "../workflow/duration.ts";
import type { ContractProblem } from "../workflow/contract.ts";
import type { EffectiveRetry } from "../workflow/effective.ts";

/** The part of an attempt's failure that decides whether it is tried again. */
export interface Failure {
  class: string;
  message: string;
  /** What the agent itself says; it overrides what the class says. */
  retryable?: boolean;
  retry_after_ms?: number;
  /** What exactly is wrong with the outputs. */
  findings?: ContractProblem[];
}

/** Trying again does not help against these. */
const neverRetried: ReadonlySet<string> = new Set([
  "auth_failure",
  "invalid_request",
  "input_contract",
  "expression_error",
  "not_found",
  "cancelled",
  "budget",
  "refused",
  "permission_denied",
]);

const longestAskedMs = 24 * 60 * 60 * 1000;

/** True when an attempt that failed so may be followed by another. `attempt` counts from 1. */
export function mayRetry(policy: EffectiveRetry, attempt: number, failure: Failure): boolean {
  if (attempt >= policy.max_attempts) return false;
  if (policy.non_retryable_errors.includes(failure.class)) return false;
  return failure.retryable ?? !neverRetried.has(failure.class);
}

/**
 * How long retry `number` (from 1) waits, in whole milliseconds: exponential, at most the policy's longest, ± 10 % by
 * `seed` (the same seed gives the same delay, so that a restart changes nothing). An agent that asks for more gets it.
 */
export function retryDelayMs(policy: EffectiveRetry, number: number, seed: string, failure: Failure): number {
  const firstMs = parseDuration(policy.initial_interval) ?? 0;
  const mostMs = parseDuration(policy.max_interval) ?? firstMs;
  const plainMs = Math.min(firstMs * policy.backoff_multiplier ** (number - 1), mostMs);
  const jitteredMs = Math.round(plainMs * (0.9 + 0.2 * fraction(seed)));
  return Math.max(jitteredMs, Math.min(failure.retry_after_ms ?? 0, longestAskedMs));
}

/** FNV-1a with a final mix, as a number from 0 to 1, so that similar seeds do not give similar delays. */
function fraction(seed: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < seed.length; at++) hash = Math.imul(hash ^ seed.charCodeAt(at), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return ((hash ^ (hash >>> 16)) >>> 0) / 0xffffffff;
}

import type { ActorEvent } from "../machine/actor.ts";
import type { EffectiveRetry } from "../workflow/effective.ts";

/** One event of every kind that a machine knows, by its name in the tables of the machines' tests. */

const failure = { class: "agent_error", message: "it broke" };
const retry = (max_attempts: number, non_retryable_errors: string[] = []): EffectiveRetry => ({
  max_attempts,
  initial_interval: "10s",
  backoff_multiplier: 2,
  max_interval: "1m",
  non_retryable_errors,
});
const facts = {
  agent_id: "agent:writer",
  model: "sonnet",
  inputs: { topic: "sea" },
  context_consumed: [],
  deadline_at: "2026-01-02T03:30:00.000Z",
};
const failed = {
  type: "FAILED" as const,
  status: "failed" as const,
  failure,
  handed_in: null,
  usage: null,
  policy: retry(3),
  mayStart: true,
  atMs: Date.parse("2026-01-02T03:04:05.000Z"),
  seed: "run/write",
};
const skip = {
  type: "SKIP" as const,
  cause: "condition" as const,
  reason: "no need",
  outputs: {},
  blocks: false,
};
const decision = { actor: "ann", comment: "fine" };

export const stageEvents = {
  START: { type: "START", facts },
  SUCCEEDED: {
    type: "SUCCEEDED",
    data: { outputs: { text: "hi" }, text: null, handoff_summary: null, usage: null, warnings: [] },
  },
  FAILED: failed,
  "FAILED for the last time": { ...failed, policy: retry(1) },
  "FAILED while ending": { ...failed, mayStart: false },
  "timed out for the last time": { ...failed, status: "timed_out", policy: retry(1) },
  REFUSED: { type: "REFUSED", failure },
  SKIP: skip,
  INTERRUPTED: { type: "INTERRUPTED", facts, policy: retry(3), mayStart: true },
  "INTERRUPTED, never retried": {
    type: "INTERRUPTED",
    facts,
    policy: retry(3, ["interrupted"]),
    mayStart: true,
  },
  SUSPENDED: {
    type: "SUSPENDED",
    failure: { class: "budget", message: "no money left" },
    usage: null,
    at: "2026-01-02T03:04:05.000Z",
  },
  CANCEL: { type: "CANCEL", failure, usage: null },
  END: { type: "END" },
} satisfies Record<string, ActorEvent<"stage">>;

export const gateEvents = {
  OPEN: {
    type: "OPEN",
    facts: { deadline_at: "2026-01-03T03:04:05.000Z", message: "Ship it?", approvers: ["ann"] },
  },
  APPROVE: { type: "APPROVE", ...decision },
  REJECT: { type: "REJECT", ...decision },
  "DEADLINE halt": { type: "DEADLINE", onTimeout: "halt" },
  "DEADLINE reject": { type: "DEADLINE", onTimeout: "reject" },
  "DEADLINE auto_approve": { type: "DEADLINE", onTimeout: "auto_approve" },
  REFUSED: { type: "REFUSED", failure },
  SKIP: skip,
  CANCEL: { type: "CANCEL", failure },
  END: { type: "END" },
} satisfies Record<string, ActorEvent<"gate">>;

export const executionEvents = {
  START: { type: "START", total: 2 },
  PAUSE: { type: "PAUSE", isBusy: false, pauseReason: "user" },
  "PAUSE while busy": { type: "PAUSE", isBusy: true, pauseReason: "user" },
  "PAUSE for the budget": { type: "PAUSE", isBusy: true, pauseReason: "budget" },
  RESUME: { type: "RESUME", budget: null },
  "RESUME with a budget": { type: "RESUME", budget: { usd: 2, tokens: null } },
  HALT: { type: "HALT", message: "it broke", stops: false },
  "HALT that stops": { type: "HALT", message: "out of time", stops: true },
  CANCEL: { type: "CANCEL", reason: "no need" },
  QUIET: { type: "QUIET" },
  DONE: { type: "DONE", hadFailures: false },
  "CLOCK runs": { type: "CLOCK", runs: true, atMs: 1000 },
  "CLOCK stands": { type: "CLOCK", runs: false, atMs: 5000 },
  COUNT_ON: { type: "COUNT_ON", spentMs: 7, sinceMs: 3 },
} satisfies Record<string, ActorEvent<"execution">>;

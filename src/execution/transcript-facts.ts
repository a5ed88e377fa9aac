import type { Usage } from "./record.ts";
import type { TranscriptEvent } from "./transcript.ts";
import { addUsage } from "./usage.ts";

/** An event of a transcript as it is stored: `seq` is its number in the execution; null for one that cannot be read. */
export interface TranscriptEntry {
  seq: number;
  at: string;
  event: TranscriptEvent | null;
}

/** What is counted over a whole transcript. */
export interface TranscriptFacts {
  events: number;
  /** How often the agent itself has answered; answers of its sub-agents are not counted. */
  turns: number;
  /** True between the first and the last event of one answer. */
  isAnswering: boolean;
  usage: Usage | null;
  /** The newest plan of the agent itself, with its number. */
  plan: (PlanEvent & { seq: number }) | null;
}

type PlanEvent = Extract<TranscriptEvent, { kind: "plan" }>;
type UsageEvent = Extract<TranscriptEvent, { kind: "usage" }>;

export const noTranscriptFacts: TranscriptFacts = {
  events: 0,
  turns: 0,
  isAnswering: false,
  usage: null,
  plan: null,
};

/** The facts with some more events. */
export function addToFacts(facts: TranscriptFacts, entries: readonly TranscriptEntry[]): TranscriptFacts {
  const sum = { ...facts };
  for (const { seq, event } of entries) {
    sum.events++;
    if (event?.kind === "usage") sum.usage = addUsage(sum.usage, usageOf(event));
    if (event === null || event.parent !== undefined) continue;
    const isPartOfAnswer = ["message", "thinking", "tool_call", "plan"].includes(event.kind);
    if (isPartOfAnswer && !sum.isAnswering) sum.turns++;
    sum.isAnswering = isPartOfAnswer;
    if (event.kind === "plan") sum.plan = { ...event, seq };
  }
  return sum;
}

/** What was not priced is unknown, and not free. */
export function usageOf({ input, cache_read, cache_write, output, cost_micro_usd }: UsageEvent): Usage {
  const basis = cost_micro_usd === undefined ? "unknown" : "reported";
  return { input, cache_read, cache_write, output, cost_micro_usd: cost_micro_usd ?? 0, basis };
}

import type { AskedCall, PermissionAnswer } from "../dispatcher.ts";

/** How a two-way agent's program asks, and how it wants to be answered. */
export interface AgentTalk {
  /** What the agent has asked or withdrawn since the last call, in its order. */
  take(): readonly TalkEvent[];
  /** The message that gives the agent an answer, without its line end; null for a call that was not read yet. */
  messageOf(answer: PermissionAnswer): string | null;
  /** True once the agent has finished what it was asked to do, so that nothing more is said to it. */
  readonly isOver: boolean;
}

export type TalkEvent = { kind: "ask"; call: AskedCall } | { kind: "withdraw"; id: string };

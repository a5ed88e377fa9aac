import type { AskedCall } from "../../execution/permission.ts";
import type { PermissionAnswer } from "../dispatcher.ts";

/**
 * How a two-way agent's program asks, and how it wants to be answered. What has been said follows from what the agent
 * prints and from the file that its input is fed from, so that each engine knows the same.
 */
export interface AgentTalk {
  /** Takes a message to the agent that is in its input, said by this engine or by an earlier one. */
  hearOwn(message: string): void;
  /** What the agent has asked or withdrawn since the last call, in its order. */
  take(): readonly TalkEvent[];
  /** The messages that the agent is to be told and was not told yet, without line ends. */
  owed(answers: readonly PermissionAnswer[]): readonly string[];
  /** From now on the agent is told to end what it does; absent: it can only be stopped. */
  interrupt?(): void;
  /** True once the agent has finished what it was asked to do, so that nothing more is said to it. */
  readonly isOver: boolean;
}

export type TalkEvent = { kind: "ask"; call: AskedCall } | { kind: "withdraw"; id: string };

import type { StageError, StageResult } from "../dispatcher.ts";

export const stopped: StageError = { class: "cancelled", message: "the agent was stopped" };

export const killed: StageError = {
  class: "agent_error",
  message: "the agent was killed from outside, with the shell that supervised it",
};

/** The result of an attempt whose agent has left nothing behind. */
export function failedResult(error: StageError): StageResult {
  return { ok: false, error: { ...error }, warnings: [] };
}

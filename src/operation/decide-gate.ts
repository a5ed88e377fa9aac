import { AppError } from "../errors.ts";
import type { ExecutionRecord } from "../execution/record.ts";
import { signalExecution, type ExecutionControl } from "./signal-execution.ts";

/** A person's decision about a gate that waits, or about what an agent asks for. */
export interface GateDecision {
  type: "approve" | "reject";
  stage_id: string;
  actor: string;
  comment: string | null;
  /** Of a permission that an agent asks for; absent or null: the oldest one that waits. */
  request_id?: string | null;
  /** True: an approval covers every further call of the same tool in the step. */
  always?: boolean;
}

/** In characters. */
export const longestActor = 200;
export const longestComment = 10_000;

/**
 * Approves or rejects a gate. The same decision a second time is answered the same and recorded once. Throws
 * `AppError`: `invalid_usage` for a name or a comment that is too long, `forbidden` for somebody who is no approver,
 * and what `signalExecution` throws.
 */
export function decideGate(
  control: ExecutionControl,
  runId: string,
  decision: GateDecision,
): Promise<string> {
  const { actor, comment, request_id = null, always = false } = decision;
  refuseTooLong("the name of who decides", actor, longestActor);
  refuseTooLong("the comment", comment ?? "", longestComment);
  if (always && decision.type === "reject")
    throw new AppError("invalid_usage", "only an approval can hold for always. reject without it");
  return signalExecution(control, runId, { ...decision, request_id, always });
}

/** The gate that is meant when none is named. Throws `AppError` unless exactly one waits. */
export function onlyWaitingGate({ run_id, status, waiting_gates }: ExecutionRecord): string {
  const [gate, ...others] = waiting_gates;
  if (gate === undefined) {
    throw new AppError("conflict", `no gate of execution "${run_id}" waits for approval: it is ${status}`);
  }
  if (others.length === 0) return gate;
  const names = waiting_gates.map((name) => `"${name}"`).join(", ");
  throw new AppError(
    "invalid_usage",
    `several gates of execution "${run_id}" wait: ${names}. name one of them`,
  );
}

function refuseTooLong(what: string, text: string, most: number): void {
  if (text.length <= most) return;
  throw new AppError("invalid_usage", `${what} has ${text.length} characters. give at most ${most}`);
}

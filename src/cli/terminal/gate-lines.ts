import { zonedMoment } from "../../execution/local-time.ts";
import type { WaitingGate } from "../../operation/waiting-gates.ts";
import type { Invocation } from "../command.ts";
import { decisionWords } from "./decision-words.ts";
import { elapsedText } from "./elapsed.ts";
import { plainLine, plainText } from "./plain-text.ts";

/** What an open gate asks, since when, of whom, until when, and the command that decides it. */
export function gateLines(invocation: Invocation, gate: WaitingGate, nowMs: number): string[] {
  const { paint } = invocation.output;
  const { stageId, since, deadlineAt, message, approvers, request } = gate;
  const requestId = request?.id ?? null;
  const waits =
    request === null
      ? `gate "${plainLine(stageId)}" waits for approval`
      : `stage "${plainLine(stageId)}" asks for permission`;
  const waited = elapsedText(nowMs - Date.parse(since));
  const until = deadlineAt === null ? [] : [`until: ${zonedMoment(deadlineAt)}`];
  const asked = message === null ? [] : plainText(message).trim().split("\n");
  return [
    `${paint.waiting(waits)} for ${waited}`,
    ...[
      ...asked,
      `approvers: ${approvers.length === 0 ? "anybody" : plainLine(approvers.join(", "))}`,
      ...until,
      `approve: ${decisionWords(invocation, "approve", { ...gate, requestId })}`,
      `reject: ${decisionWords(invocation, "reject", { ...gate, requestId })}`,
    ].map((line) => `  ${line}`),
  ];
}

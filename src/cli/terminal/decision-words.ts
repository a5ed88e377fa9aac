import type { Invocation } from "../command.ts";
import { runWords } from "./command-words.ts";
import { loginName } from "../login-name.ts";
import { plainLine } from "./plain-text.ts";
import type { ShellWord } from "./shell-words.ts";

/** The whole command that decides a gate, with a name where the login name is no approver. */
export function decisionWords(
  invocation: Invocation,
  decision: "approve" | "reject",
  {
    runId,
    stageId,
    approvers,
    requestId = null,
  }: { runId: string; stageId: string; approvers: readonly string[]; requestId?: string | null },
): string {
  // An agent may name its request by anything, and a terminal would obey some of it: then the oldest one is meant.
  const request = requestId !== null && /^[\w-]{1,64}$/.test(requestId) ? ["--request", requestId] : [];
  return runWords(invocation, decision, runId, stageId, ...actorWords(invocation, approvers), ...request);
}

function actorWords(invocation: Invocation, approvers: readonly string[]): ShellWord[] {
  const [sole, ...others] = approvers;
  if (sole === undefined) return [];
  const me = loginName(invocation.env);
  const known = others.length === 0 ? sole : approvers.includes(me) ? me : null;
  // A name that a terminal would obey is not printed for pasting.
  const isPlain = known !== null && plainLine(known) === known;
  return ["--as", isPlain ? known : { fillIn: plainLine(approvers.join("|")) }];
}

import type { ExecutionRecord } from "../execution/record.ts";
import { AppError } from "../errors.ts";
import { findRun } from "./find-execution.ts";
import { confirm } from "./terminal/ask.ts";
import type { Invocation } from "./command.ts";
import type { ExitCode } from "./exit-code.ts";
import { loginName } from "./login-name.ts";
import { withStore } from "./open-home.ts";
import { sendSignal } from "./send-signal.ts";

/** Approves or rejects a gate: the one that is named, or the only one that waits. */
export function decideGate(invocation: Invocation, decision: "approve" | "reject"): Promise<ExitCode> {
  return withStore(invocation.home, async (store) => {
    const { given, env } = invocation;
    const record = findRun(store, given.argument(0));
    const stageId = given.optionalArgument(1) ?? onlyGate(record);
    await confirm(invocation, `${decision} gate "${stageId}" of ${record.workflow_name} (${record.run_id})?`);
    return sendSignal(invocation, store, record.run_id, {
      type: decision,
      stage_id: stageId,
      actor: given.text("as") ?? loginName(env),
      comment: given.text("comment"),
    });
  });
}

function onlyGate({ run_id, status, waiting_gates }: ExecutionRecord): string {
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

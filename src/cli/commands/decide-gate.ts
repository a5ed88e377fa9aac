import { decideGate, onlyWaitingGate, type GateDecision } from "../../operation/decide-gate.ts";
import { findRun } from "../find-execution.ts";
import { confirm } from "../terminal/ask.ts";
import type { CommandRun } from "../command.ts";
import { loginName } from "../login-name.ts";
import { withStore } from "../open-home.ts";
import { sendSignal } from "../send-signal.ts";

export const approve = decisionCommand("approve");
export const reject = decisionCommand("reject");

/** A command that decides a gate: the named one, or the only one that waits. */
function decisionCommand(type: GateDecision["type"]): CommandRun {
  return (invocation) =>
    withStore(invocation.home, async (store) => {
      const { given, env } = invocation;
      const record = findRun(store, given.argument(0));
      const { run_id, workflow_name } = record;
      const stage_id = given.optionalArgument(1) ?? onlyWaitingGate(record);
      await confirm(invocation, `${type} "${stage_id}" of ${workflow_name} (${run_id})?`);
      const actor = given.text("as") ?? loginName(env);
      const decision = {
        type,
        stage_id,
        actor,
        comment: given.text("comment"),
        request_id: given.text("request"),
        always: given.flag("always"),
      };
      return sendSignal(invocation, store, run_id, (control) => decideGate(control, run_id, decision));
    });
}

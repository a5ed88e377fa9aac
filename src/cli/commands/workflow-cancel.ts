import { signalExecution } from "../../operation/signal-execution.ts";
import { findRun } from "../find-execution.ts";
import { confirm } from "../terminal/ask.ts";
import type { CommandRun } from "../command.ts";
import { loginName } from "../login-name.ts";
import { withStore } from "../open-home.ts";
import { sendSignal } from "../send-signal.ts";

export const run: CommandRun = (invocation) =>
  withStore(invocation.home, async (store) => {
    const { run_id, workflow_name } = findRun(store, invocation.given.argument(0));
    await confirm(invocation, `cancel ${workflow_name} (${run_id}) and stop its agents?`);
    const reason = `cancelled by ${loginName(invocation.env)}`;
    return sendSignal(invocation, store, run_id, (control) =>
      signalExecution(control, run_id, { type: "cancel", reason }),
    );
  });

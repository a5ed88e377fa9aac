import { signalExecution } from "../../operation/signal-execution.ts";
import { findRun } from "../find-execution.ts";
import { confirm } from "../terminal/ask.ts";
import type { CommandRun } from "../command.ts";
import { withStore } from "../open-home.ts";
import { sendSignal } from "../send-signal.ts";

export const run: CommandRun = (invocation) =>
  withStore(invocation.home, async (store) => {
    const { run_id, workflow_name } = findRun(store, invocation.given.argument(0));
    await confirm(invocation, `pause ${workflow_name} (${run_id})?`);
    return sendSignal(invocation, store, run_id, (control) =>
      signalExecution(control, run_id, { type: "pause" }),
    );
  });

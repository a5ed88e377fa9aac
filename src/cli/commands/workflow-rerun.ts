import { rerunExecution, rerunStart } from "../../operation/rerun-execution.ts";
import { findRun } from "../find-execution.ts";
import type { CommandRun } from "../command.ts";
import { startDetached } from "../detached.ts";
import { runInForeground } from "../foreground.ts";
import { withStore } from "../open-home.ts";
import { parametersGiven } from "../parameters-given.ts";

export const run: CommandRun = async (invocation) => {
  const { given } = invocation;
  const names = { failed: "--from-failed", stage: "--from" };
  const from = rerunStart(given.flag("from-failed"), given.text("from"), names);
  const { run_id } = await withStore(invocation.home, (store) => findRun(store, given.argument(0)));
  const { values: secrets } = parametersGiven(given, invocation.workdir);
  if (given.flag("detach")) {
    return startDetached(invocation, { kind: "rerun", run_id, from, secrets });
  }
  return runInForeground(invocation, (control) => rerunExecution(control, run_id, { from, secrets }));
};

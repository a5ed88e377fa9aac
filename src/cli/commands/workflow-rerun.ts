import type { RerunFrom } from "../../engine/engine.ts";
import type { ValueObject } from "../../expression/value.ts";
import { rerunExecution, rerunStart } from "../../operation/rerun-execution.ts";
import { findRun } from "../find-execution.ts";
import type { CommandRun, Invocation } from "../command.ts";
import { startDetached } from "../detached.ts";
import { runInForeground } from "../foreground.ts";
import { withStore } from "../open-home.ts";
import { readParameters } from "../read-parameters.ts";
import { withControl } from "../send-signal.ts";
import { askSecrets } from "../terminal/ask-secrets.ts";

export const run: CommandRun = async (invocation) => {
  const { given } = invocation;
  const names = { failed: "--from-failed", stage: "--from" };
  const from = rerunStart(
    { failed: given.flag("from-failed"), stageId: given.text("from"), isFresh: given.flag("fresh") },
    names,
  );
  const { run_id } = await withStore(invocation.home, (store) => findRun(store, given.argument(0)));
  const { values } = readParameters(given, invocation.workdir);
  const secrets = { ...values, ...(await askMissingSecrets(invocation, { run_id, from, values })) };
  if (given.flag("detach")) {
    return startDetached(invocation, { kind: "rerun", run_id, from, secrets });
  }
  return runInForeground(invocation, (control) => rerunExecution(control, run_id, { from, secrets }));
};

/** A person at a terminal is asked for missing secrets; elsewhere the engine reports what is missing. */
async function askMissingSecrets(
  invocation: Invocation,
  { run_id, from, values }: { run_id: string; from: RerunFrom; values: ValueObject },
): Promise<ValueObject> {
  if (!invocation.output.canAsk) return {};
  const names = await withStore(invocation.home, (store) =>
    withControl(invocation, store, async ({ engine }) => engine.secretsOfRerun(run_id, from)),
  );
  return askSecrets(names.filter((name) => !Object.hasOwn(values, name)));
}

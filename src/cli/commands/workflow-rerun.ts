import type { RerunFrom } from "../../engine/engine.ts";
import { AppError } from "../../errors.ts";
import { findRun } from "../find-execution.ts";
import type { CommandRun, Invocation } from "../command.ts";
import { startDetached } from "../detached.ts";
import { runInForeground } from "../foreground.ts";
import { withStore } from "../open-home.ts";
import { parametersGiven } from "../parameters-given.ts";

export const run: CommandRun = async (invocation) => {
  const from = rerunFrom(invocation);
  const { run_id } = await withStore(invocation.home, (store) =>
    findRun(store, invocation.given.argument(0)),
  );
  const { values: secrets } = parametersGiven(invocation.given, invocation.workdir);
  if (invocation.given.flag("detach")) {
    return startDetached(invocation, { kind: "rerun", run_id, from, secrets });
  }
  return runInForeground(invocation, (engine) => engine.rerun(run_id, from, secrets));
};

function rerunFrom({ given }: Invocation): RerunFrom {
  const stageId = given.text("from");
  if (given.flag("from-failed") && stageId !== null) {
    throw new AppError("invalid_usage", "--from-failed and --from exclude each other");
  }
  if (stageId !== null) return { kind: "stage", stage_id: stageId };
  return { kind: given.flag("from-failed") ? "failed" : "start" };
}

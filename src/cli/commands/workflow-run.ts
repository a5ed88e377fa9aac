import type { StartRequest } from "../../engine/engine.ts";
import type { PlannedRun } from "../../operation/plan-run.ts";
import { startRequest } from "../../operation/start-request.ts";
import type { CommandRun, Invocation } from "../command.ts";
import { composePlan } from "../compose.ts";
import { startDetached } from "../detached.ts";
import { exitCodes, type ExitCode } from "../exit-code.ts";
import { runInForeground } from "../foreground.ts";
import { runOptions, workdirOf } from "../run-options.ts";
import { showPlan, warn } from "../terminal/show-plan.ts";

export const run: CommandRun = async (invocation) => {
  const { given } = invocation;
  const workdir = workdirOf(invocation);
  const planned = await composePlan(invocation, given.argument(0), workdir);
  if (given.flag("dry-run")) {
    const isComplete = showPlan(invocation, planned);
    return isComplete ? exitCodes.done : exitCodes.failed;
  }
  const request = await requestOf(invocation, planned, workdir);
  return start(invocation, request);
};

function start(invocation: Invocation, request: StartRequest): Promise<ExitCode> {
  if (invocation.given.flag("detach")) return startDetached(invocation, { kind: "start", request });
  return runInForeground(invocation, ({ engine }) => engine.start(request));
}

/** Everything is checked before anything is created: parameters, script, warnings under --strict, what is missing. */
async function requestOf(
  invocation: Invocation,
  planned: PlannedRun,
  workdir: string,
): Promise<StartRequest> {
  const stages = planned.composed.definition.stages.map(({ id }) => id);
  const options = await runOptions(invocation, workdir, stages);
  warn(invocation, planned);
  return startRequest(planned, { options, trigger: "manual" });
}

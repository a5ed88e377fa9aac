import {
  agentsOf,
  definitionHash,
  isComposed,
  modulesOf,
  parameterValues,
  type Composed,
} from "../collection/compose.ts";
import type { StartRequest } from "../engine/engine.ts";
import type { ValueObject } from "../expression/value.ts";
import type { CommandRun, Invocation } from "./command.ts";
import { compose, composePlan, swapGiven } from "./compose.ts";
import { startDetached } from "./detached.ts";
import type { ExitCode } from "./exit-code.ts";
import { runInForeground } from "./foreground.ts";
import { runOptions, workdirOf } from "./run-options.ts";
import { refuse, showPlan } from "./workflow-plan.ts";

export const run: CommandRun = async (invocation) => {
  const { given } = invocation;
  const workdir = workdirOf(invocation);
  const composed = await compose(invocation, given.argument(0), workdir);
  if (!isComposed(composed)) return refuse(invocation, composed);
  const swapped = swapGiven(invocation, composed);
  if (given.flag("dry-run")) return showPlan(invocation, composed);
  return start(invocation, await startRequest(invocation, composed, { workdir, swapped }));
};

function start(invocation: Invocation, request: StartRequest): Promise<ExitCode> {
  if (invocation.given.flag("detach")) return startDetached(invocation, { kind: "start", request });
  return runInForeground(invocation, (engine) => engine.start(request));
}

/** Everything is checked before anything is created: parameters, agents, script. */
async function startRequest(
  invocation: Invocation,
  composed: Composed,
  { workdir, swapped }: { workdir: string; swapped: ValueObject | null },
): Promise<StartRequest> {
  const { definition, source } = composed;
  const plan = composePlan(invocation, composed);
  const options = await runOptions(
    invocation,
    workdir,
    definition.stages.map(({ id }) => id),
  );
  return {
    definition,
    definition_hash: definitionHash(source.text),
    workflow_id: source.workflow_id,
    parameters: parameterValues(plan),
    overrides: swapped,
    trigger: "manual",
    options,
    agents: agentsOf(composed, options.dispatcher === "simulated"),
    modules: modulesOf(composed),
  };
}

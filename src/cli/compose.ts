import { homedir } from "node:os";
import { openArtifacts, type Artifacts } from "../collection/artifacts.ts";
import {
  composeDefinition,
  isComposed,
  planOf,
  type Composed,
  type NotValid,
} from "../collection/compose.ts";
import { swap } from "../collection/swap.ts";
import { plannedEntry, validatedEntry } from "../collection/workflow-entry.ts";
import type { ValueObject } from "../expression/value.ts";
import type { Plan } from "../workflow/plan.ts";
import type { Invocation } from "./command.ts";
import { findDefinition } from "./find-definition.ts";
import { pairs, parametersGiven } from "./parameters-given.ts";
import { plainLine } from "./plain-text.ts";

/** Finds a definition by path or name and checks it with the overrides of the working directory. */
export async function compose(
  invocation: Invocation,
  name: string,
  workdir: string,
): Promise<Composed | NotValid> {
  const source = await findDefinition(invocation, name);
  const artifacts = artifactsFor(invocation, source.beside, workdir);
  const composed = composeDefinition(source, { workdir, artifacts });
  invocation.log(validatedEntry(composed.id, composed.validation));
  if (isComposed(composed)) warnOfOverrides(invocation, composed);
  return composed;
}

/** `validate` does not look at the overrides: here alone it is told that one of them means nothing. */
function warnOfOverrides({ given, output }: Invocation, { fromOverrides }: Composed): void {
  if (given.flag("events")) return;
  for (const { category, message, hint } of fromOverrides) {
    // The plan lists what is missing, and a run says it.
    if (category === "artifact") continue;
    output.note(`${output.notePaint.warn("warning:")} ${plainLine(hint ? `${message}. ${hint}` : message)}`);
  }
}

export function artifactsFor({ home, env }: Invocation, beside: string, workdir: string): Artifacts {
  return openArtifacts({ beside, workdir, home, userHome: env["HOME"] ?? homedir() });
}

/** The plan under what the command line gives. Throws `AppError("invalid_parameters")` with all that is wrong. */
export function composePlan(invocation: Invocation, composed: Composed): Plan {
  const plan = planOf(composed, parametersGiven(invocation.given, invocation.workdir), true);
  invocation.log(plannedEntry(plan.workflow.id, plan));
  return plan;
}

/** What `--agent` and `--context` swap, put into the definition; the result is how the execution remembers it. */
export function swapGiven({ given }: Invocation, composed: Composed): ValueObject | null {
  const agents = pairs(given.list("agent"), "--agent", "stage=ref");
  return swap(
    composed,
    { agents, modules: given.list("context") },
    { agents: "--agent", modules: "--context" },
  );
}

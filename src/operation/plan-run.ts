import { composeDefinition, isComposed, planOf, type ComposedWorkflow } from "./compose.ts";
import type { FoundDefinition } from "./stored-definition.ts";
import { swap, type SwapNames, type Swaps } from "./swap.ts";
import { plannedEntry, validatedEntry } from "./workflow-entry.ts";
import { readPrices } from "../collection/read-prices.ts";
import type { DispatchConfig } from "../dispatch/choose-dispatcher.ts";
import type { Value, ValueObject } from "../expression/value.ts";
import { invalidDefinition } from "../workflow/findings-error.ts";
import { missingSecrets } from "../workflow/parameters.ts";
import { planWithStarts, type Plan } from "../workflow/plan.ts";
import { mask } from "../workflow/secret-name.ts";
import type { SourceNode } from "../workflow/source-node.ts";
import { checkOnce } from "./check-cache.ts";
import { preflight } from "./preflight.ts";
import type { StartOptions } from "./start-trouble.ts";
import { warnOfUnpriced } from "./warn-of-unpriced.ts";

/** A request to run a workflow, or to see its plan. */
export interface RunRequest {
  source: FoundDefinition;
  parameters: Record<string, Value>;
  /** True: texts become their parameter's declared type. */
  coerce: boolean;
  /** How values that come from a file are written there, for messages. */
  written?: ReadonlyMap<string, SourceNode>;
  swaps: Swaps;
  /** How the caller's user names the swaps, for messages. */
  swapNames: SwapNames;
  options: StartOptions;
  /** Asks a person for the secret parameters of these names; absent: nobody can be asked. */
  askSecrets?: (names: readonly string[]) => Promise<ValueObject>;
}

/** Where it is to run. */
export interface RunPlace {
  home: string;
  userHome: string;
  dispatch: DispatchConfig;
  /** Takes one line of the lifecycle log. */
  log: (entry: object) => void;
}

/** A run that could start, except for what its plan's `preflight` says. */
export interface PlannedRun {
  composed: ComposedWorkflow;
  plan: Plan;
  /** The parameters, including those that the plan masks. */
  values: ValueObject;
  swapped: ValueObject | null;
}

/**
 * Checks everything about a run that can be checked before it starts. Throws `FindingsError` for a definition with
 * errors, `AppError` for parameters or swaps that do not fit.
 */
export async function planRun(request: RunRequest, place: RunPlace): Promise<PlannedRun> {
  const { source, swaps, swapNames, options } = request;
  const { home, userHome, dispatch, log } = place;
  const { workdir } = options;
  const surroundings = { beside: source.beside, workdir, home, userHome };
  const kept = await checkOnce(source, surroundings);
  const isSwapped = swaps.agents.length > 0 || swaps.modules.length > 0;
  const checked = isSwapped ? structuredClone(kept.checked) : kept.checked;
  const composed = composeDefinition(source, checked, kept.artifacts);
  log(validatedEntry(composed.id, composed.validation));
  if (!isComposed(composed)) throw invalidDefinition(composed.validation, source);
  const swapped = swap(composed, swaps, swapNames);
  // Errors of the request are reported before what the machine lacks.
  const planned = await planWithSecrets(composed, request);
  const { findings, starts, warnings } = await preflight(composed, options, { home, dispatch });
  const unpriced = warnOfUnpriced(composed, options, dispatch, () => readPrices(home));
  const started = planWithStarts(planned.plan, starts);
  const { validation } = started;
  const plan = {
    ...started,
    validation: { ...validation, warnings: [...validation.warnings, ...warnings, ...unpriced] },
    preflight: findings,
  };
  log(plannedEntry(plan.workflow.id, plan));
  return { composed, plan, values: planned.values, swapped };
}

/**
 * A person is asked for secrets only when nothing else is wrong, so that nobody types one for a run that is refused.
 */
async function planWithSecrets(
  composed: ComposedWorkflow,
  { parameters, coerce, written, askSecrets }: RunRequest,
): Promise<ReturnType<typeof planOf>> {
  const how = { coerce, ...(written && { written }) };
  const missing = askSecrets ? missingSecrets(composed.definition, parameters) : [];
  if (!askSecrets || missing.length === 0) return planOf(composed, parameters, how);
  planOf(composed, { ...parameters, ...Object.fromEntries(missing.map((name) => [name, mask])) }, how);
  return planOf(composed, { ...parameters, ...(await askSecrets(missing)) }, how);
}

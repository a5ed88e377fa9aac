import { priceFindingText, type PriceTable } from "../collection/read-prices.ts";
import { chooseDispatcher, type DispatchConfig } from "../dispatch/choose-dispatcher.ts";
import { priceOf } from "../execution/prices.ts";
import type { AgentFile } from "../execution/snapshot.ts";
import type { EffectiveRole } from "../workflow/effective.ts";
import type { Finding } from "../workflow/finding.ts";
import { laterFinding } from "../workflow/later-places.ts";
import { usedModel } from "../workflow/used-model.ts";
import { agentsOf, type ComposedWorkflow } from "./compose.ts";
import type { StartOptions } from "./start-trouble.ts";

/** These always report what they cost. */
const reporting: ReadonlySet<string> = new Set(["claude-code", "simulated"]);

/**
 * Warnings about stages that a budget in dollars may not bound: their agents may report no cost, and their models have
 * no price. The first one names what is wrong with the price table.
 */
export function warnOfUnpriced(
  composed: ComposedWorkflow,
  options: StartOptions,
  dispatch: DispatchConfig,
  readTable: () => PriceTable,
): Finding[] {
  const { definition, later } = composed;
  const isBounded = (budget: { usd: number | null } | null): boolean => (budget?.usd ?? null) !== null;
  if (![definition.config, ...definition.stages].some(({ budget }) => isBounded(budget))) return [];
  const agents = agentsOf(composed);
  const { file, prices, findings } = readTable();
  const trouble = findings.slice(0, 1).map((finding) => `. ${priceFindingText(file, finding)}`);
  return definition.stages.flatMap((stage, at) => {
    const role = stage.roles?.primary;
    const where = later.stages[at];
    if (!role || !where || !(isBounded(stage.budget) || isBounded(definition.config.budget))) return [];
    const agent = Object.hasOwn(agents, role.artifact) ? (agents[role.artifact] ?? null) : null;
    const model = usedModel(role, agent);
    if (reporting.has(dispatcherOf(agent, role, options, dispatch)) || priceOf(prices, model)) return [];
    const message =
      `the budget in dollars does not bound stage "${stage.id}" if its agent reports no cost: ` +
      `the model "${model}" has no price${trouble.splice(0).join("")}`;
    const isLimited = [stage, definition.config].some(({ budget }) => (budget?.tokens ?? null) !== null);
    const other = isLimited ? "" : ", or limit tokens as well: budget: {tokens: 200000}";
    const hint = `write its price into ${file}${other}`;
    return [{ ...laterFinding(where, { code: "no_price", message, hint }), severity: "warning" as const }];
  });
}

function dispatcherOf(
  agent: AgentFile | null,
  { artifact }: EffectiveRole,
  options: StartOptions,
  dispatch: DispatchConfig,
): string {
  if (agent || options.dispatcher !== null) return chooseDispatcher(agent, options, dispatch);
  return dispatch.agents.get(artifact) ?? dispatch.default;
}

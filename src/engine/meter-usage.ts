import { priceFindingText } from "../collection/read-prices.ts";
import type { LogSink, MeteredUsage, StageRequest } from "../dispatch/dispatcher.ts";
import { priceUsage } from "../execution/prices.ts";
import type { Usage } from "../execution/record.ts";
import type { EngineState } from "./engine-state.ts";

const mostTold = 3;

/**
 * What an attempt has used, with the cost that its agent reports, else that of the price table as it is now. What is
 * wrong with the table is said in the log of the attempt whose cost depends on it.
 */
export function meterUsage(
  engine: EngineState,
  { model }: Pick<StageRequest, "model">,
  { usage, unpriced }: MeteredUsage,
  log: Pick<LogSink, "write">,
): Usage | null {
  if (!usage || usage.basis !== "unknown") return usage ?? null;
  const { file, prices, findings } = engine.prices();
  for (const finding of findings.slice(0, mostTold)) {
    log.write("system", `warning: ${priceFindingText(file, finding)}`);
  }
  return priceUsage(usage, { unpriced: unpriced ?? null, model, prices });
}

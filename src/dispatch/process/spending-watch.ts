import type { DispatchControl, MeteredUsage } from "../dispatcher.ts";
import type { OutputReader } from "./agent-program.ts";

/** Some agents keep what they have used in a file, which is not read with every line. */
const lookEveryMs = 200;

/**
 * Tells what an agent has used while it works, whenever that has changed. `usage` reads it. Null where nothing is known
 * before the agent's end, or nobody wants to know.
 */
export function openSpendingWatch(
  reader: OutputReader,
  { spend }: DispatchControl,
  usage: () => MeteredUsage,
): { look(): void } | null {
  if (!spend || reader.isInTurn === undefined) return null;
  let lookedAt = -lookEveryMs;
  let told = 0;
  return {
    look() {
      const now = performance.now();
      if (!reader.isInTurn || now - lookedAt < lookEveryMs) return;
      lookedAt = now;
      const metered = usage();
      const count = countOf(metered);
      if (count === told) return;
      told = count;
      spend(metered);
    },
  };
}

/** Changes whenever anything was used. */
function countOf({ usage }: MeteredUsage): number {
  if (!usage) return 0;
  return usage.input + usage.cache_read + usage.cache_write + usage.output + usage.cost_micro_usd;
}

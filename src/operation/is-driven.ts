import type { Store } from "../store/database.ts";
import { isProcessAlive } from "../store/holder-process.ts";
import { holderOf } from "../store/leases.ts";

/** True while a living process holds the execution's lease. */
export function isDriven(store: Store, runId: string): boolean {
  const holder = holderOf(store, runId);
  return holder !== null && isProcessAlive(holder);
}

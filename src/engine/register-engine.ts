import { AppError } from "../errors.ts";
import type { Store } from "../store/database.ts";
import { registerHolder, registerServer, type Holder, type IsAlive } from "../store/leases.ts";

/** Makes an engine known to other processes. Throws `AppError("unavailable")` for a second server of one home. */
export function registerEngine(store: Store, holder: Holder, isAlive: IsAlive): void {
  if (holder.kind !== "serve") return registerHolder(store, holder);
  const other = registerServer(store, holder, isAlive);
  if (!other) return;
  throw new AppError(
    "unavailable",
    `another server runs for this home: process ${other.pid}. end it first, or give another --data-dir`,
  );
}

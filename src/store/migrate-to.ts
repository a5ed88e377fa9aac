import { AppError } from "../errors.ts";
import type { Store } from "./database.ts";
import { isProcessAlive } from "./holder-process.ts";
import { holders } from "./leases.ts";
import { migrate } from "./migrate.ts";
import { migrations } from "./migrations.ts";

/**
 * Brings a database that was opened without migrating to a schema, back or forward, and returns the path of the copy
 * made before, if any. Throws `AppError("unavailable")` while another process uses it, because that process only knows
 * the present schema.
 */
export function migrateTo(store: Store, target: number): string | null {
  const user = hasHolders(store) ? holders(store).find(isProcessAlive) : undefined;
  if (user) {
    const { pid, kind } = user;
    throw new AppError(
      "unavailable",
      `process ${pid} (${kind}) uses the database. end it first, then try again`,
    );
  }
  return migrate(store.sqlite, store.path, migrations, target);
}

function hasHolders({ sqlite }: Store): boolean {
  return sqlite.query("SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'holders'").get() !== null;
}

import type { Store } from "./database.ts";
import { pages } from "./prune.ts";

/** The bytes that each table takes in the database, with its indexes. Reads every page's header. */
export function bytesByTable(store: Store): { logs: number; events: number; rest: number; free: number } {
  const { usedBytes, free, pageSize } = pages(store);
  const logs = tableBytes(store, "log_lines");
  const events = tableBytes(store, "events");
  return { logs, events, rest: Math.max(0, usedBytes - logs - events), free: free * pageSize };
}

function tableBytes(store: Store, table: string): number {
  return store.prepare<{ bytes: number }, [string]>(sumPages).get(table)?.bytes ?? 0;
}

const sumPages =
  "SELECT coalesce(sum(pgsize), 0) AS bytes FROM dbstat WHERE aggregate = 1 " +
  "AND name IN (SELECT name FROM sqlite_schema WHERE tbl_name = ?)";

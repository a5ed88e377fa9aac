import type { Store } from "./database.ts";

/**
 * A text that changes whenever the database may have changed: with every commit of this connection or another one.
 * Takes a few µs.
 */
export function changeMark(store: Store): string {
  const own = store.prepare<{ changes: number }, []>("SELECT total_changes() AS changes").get()?.changes;
  return `${store.dataVersion()}.${own}`;
}

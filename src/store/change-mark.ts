import type { Store } from "./database.ts";

/** Differs whenever the database may: after a commit of this connection or of another one. A few µs. */
export function changeMark(store: Store): string {
  const own = store.prepare<{ changes: number }, []>("SELECT total_changes() AS changes").get()?.changes;
  return `${store.dataVersion()}.${own}`;
}

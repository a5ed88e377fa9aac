import { openStore, type Store } from "../store/database.ts";
import { applicationId } from "../store/file-identity.ts";

/** A database in memory with the real migrations and the marks of a database file of ours. It need not be closed. */
export function openTestStore(): Store {
  const store = openStore(":memory:");
  store.sqlite.run(`PRAGMA application_id = ${applicationId}`);
  return store;
}

import { openStore, type Store } from "../store/database.ts";
import { applicationId } from "../store/file-identity.ts";

/** A database in memory with the real migrations, ours as a file of it would be. Nobody need close it. */
export function openTestStore(): Store {
  const store = openStore(":memory:");
  store.sqlite.run(`PRAGMA application_id = ${applicationId}`);
  return store;
}

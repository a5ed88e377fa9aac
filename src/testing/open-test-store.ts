import { openStore, type Store } from "../store/database.ts";

/** A database in memory with the real migrations. Nobody need close it. */
export function openTestStore(): Store {
  return openStore(":memory:");
}

import { join } from "node:path";
import type { OpenHome } from "../operation/save-workflow.ts";
import type { Invocation } from "./command.ts";
import { openStore, type Store } from "../store/database.ts";
import { storeFailure } from "../store/store-failure.ts";
import { asUnavailable } from "../store/unavailable.ts";

/** Opens the database of a home; makes it, and the home, when there is none. */
export function openHome(home: string): Store {
  return openStore(databaseFile(home));
}

export function databaseFile(home: string): string {
  return join(home, "workflows.db");
}

/** Opens the database for as long as `work` takes. Throws `AppError("unavailable")` when it fails meanwhile. */
export async function withStore<T>(home: string, work: (store: Store) => Promise<T> | T): Promise<T> {
  const store = openHome(home);
  try {
    return await work(store);
  } catch (error) {
    throw storeFailure(error) === null ? error : asUnavailable(error, store.path);
  } finally {
    store.close();
  }
}

/** The same for a command that changes what is stored: the log is kept from then on. */
export function withOpenHome<T>({ home, log }: Invocation, work: (open: OpenHome) => Promise<T>): Promise<T> {
  return withStore(home, (store) => {
    log.begin();
    return work({ home, store, log });
  });
}

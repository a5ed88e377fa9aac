import { openStore } from "../../store/database.ts";
import { quickCheck } from "../../store/find-damage.ts";
import type { CommandRun } from "../command.ts";
import { exitCodes } from "../exit-code.ts";
import { databaseFile } from "../open-home.ts";

/** Checks the whole database for a server, in a process of its own, because it may take long. */
export const run: CommandRun = async ({ home, output }) => {
  const store = openStore(databaseFile(home), { readonly: true, migrate: false });
  try {
    output.json(quickCheck(store));
    return exitCodes.done;
  } finally {
    store.close();
  }
};

import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { AppError } from "../../errors.ts";
import { backupDatabase } from "../../store/backup.ts";
import { openStore } from "../../store/database.ts";
import type { CommandRun } from "../command.ts";
import { exitCodes } from "../exit-code.ts";
import { databaseFile } from "../open-home.ts";

export const run: CommandRun = async ({ home, given, output, workdir }) => {
  const file = databaseFile(home);
  if (!existsSync(file)) throw new AppError("not_found", `there is no database at "${file}" yet`);
  const target = resolve(workdir, given.argument(0));
  const store = openStore(file, { migrate: false });
  try {
    backupDatabase(store, target);
  } finally {
    store.close();
  }
  output.line(target);
  return exitCodes.done;
};

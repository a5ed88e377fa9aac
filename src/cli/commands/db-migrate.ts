import { migrationStatus } from "../../store/backup.ts";
import { openStore } from "../../store/database.ts";
import { migrateTo } from "../../store/migrate-to.ts";
import { migrations } from "../../store/migrations.ts";
import { asUnavailable } from "../../store/unavailable.ts";
import type { CommandRun } from "../command.ts";
import { exitCodes } from "../exit-code.ts";
import { databaseFile } from "../open-home.ts";

export const run: CommandRun = async ({ home, given, output }) => {
  const latest = migrations.length;
  const target = given.whole("to", { least: 0, most: latest }) ?? latest;
  const file = databaseFile(home);
  const store = openStore(file, { migrate: false });
  try {
    const backup = migrateTo(store, target);
    const status = migrationStatus(store);
    if (given.text("format") === "json") output.json({ file, ...status, backup });
    else output.line(`${file}: schema ${status.current} of ${latest}`);
    if (backup !== null) output.note(`the database as it was: ${backup}`);
    if (target < latest)
      output.note("use the older skillmeat from here on: this one brings the database up again");
    return exitCodes.done;
  } catch (error) {
    throw asUnavailable(error, file);
  } finally {
    store.close();
  }
};

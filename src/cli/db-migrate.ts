import { migrationStatus } from "../store/backup.ts";
import type { CommandRun } from "./command.ts";
import { exitCodes } from "./exit-code.ts";
import { withStore } from "./open-home.ts";

/** Opening the database migrates it. */
export const run: CommandRun = ({ home, given, output }) =>
  withStore(home, (store) => {
    const status = migrationStatus(store);
    if (given.text("format") === "json") output.json({ file: store.path, ...status });
    else output.line(`${store.path}: schema ${status.current} of ${status.latest}`);
    return exitCodes.done;
  });

import { existsSync, statSync } from "node:fs";
import { migrationStatus } from "../../store/backup.ts";
import { openStore } from "../../store/database.ts";
import type { CommandRun } from "../command.ts";
import { exitCodes } from "../exit-code.ts";
import { databaseFile } from "../open-home.ts";
import { tableLines } from "../terminal/table.ts";

/** Changes nothing: neither makes the database nor migrates it. */
export const run: CommandRun = async ({ home, given, output }) => {
  const file = databaseFile(home);
  const isJson = given.text("format") === "json";
  if (!existsSync(file)) {
    if (isJson) output.json({ file, exists: false });
    else output.line(`${file}: there is none yet; the first command that stores something makes it`);
    return exitCodes.done;
  }
  const store = openStore(file, { readonly: true, migrate: false });
  try {
    const status = migrationStatus(store);
    const bytes = statSync(file).size;
    if (isJson) output.json({ file, exists: true, bytes, ...status });
    else {
      const word =
        status.current === status.latest ? output.paint.good("up to date") : output.paint.warn("behind");
      output.line(
        `${file}: ${(bytes / 1_000_000).toFixed(1)} MB, schema ${status.current} of ${status.latest}, ${word}`,
      );
      const rows = status.migrations.map(({ number, name, applied }) => [
        String(number),
        name,
        applied ? "yes" : "no",
      ]);
      output.line(
        tableLines(
          [{ title: "no", align: "right" }, { title: "migration" }, { title: "applied" }],
          rows,
        ).join("\n"),
      );
    }
    return exitCodes.done;
  } finally {
    store.close();
  }
};

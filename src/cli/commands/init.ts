import { relative, resolve } from "node:path";
import { starters, writeStarter } from "../../operation/starters.ts";
import type { CommandRun } from "../command.ts";
import { commandWords } from "../terminal/command-words.ts";
import { exitCodes } from "../exit-code.ts";
import { tableLines } from "../terminal/table.ts";

export const run: CommandRun = async (invocation) => {
  const { given, output, workdir } = invocation;
  if (given.flag("list")) {
    const rows = starters.map(({ name, description }) => [name, description]);
    const columns = [{ title: "name" }, { title: "description", shrinks: true as const }];
    output.line(tableLines(columns, rows, output.columns).join("\n"));
    return exitCodes.done;
  }
  const folder = resolve(workdir, given.optionalArgument(0) ?? ".");
  const { files } = writeStarter(folder, given.text("from"));
  const here = relative(workdir, folder) || ".";
  for (const file of Object.keys(files)) output.line(`wrote ${here === "." ? file : `${here}/${file}`}`);
  output.line(`run it: ${commandWords(invocation, "workflow", "run", here)}`);
  return exitCodes.done;
};

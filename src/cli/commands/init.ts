import { relative, resolve } from "node:path";
import { offeredStarters, requireNoWorkflow, starters, writeStarter } from "../../operation/starters.ts";
import type { Starter } from "../../operation/starter.ts";
import type { CommandRun, Invocation } from "../command.ts";
import { askChoice } from "../terminal/ask-choice.ts";
import { commandWords } from "../terminal/command-words.ts";
import { exitCodes } from "../exit-code.ts";
import { tableLines } from "../terminal/table.ts";

export const run: CommandRun = async (invocation) => {
  const { given, output, workdir } = invocation;
  if (given.flag("list")) {
    const rows = starters.map(({ name, program, description }) => [name, program ?? "-", description]);
    const columns = [{ title: "name" }, { title: "needs" }, { title: "description", shrinks: true as const }];
    output.line(tableLines(columns, rows, output.columns).join("\n"));
    return exitCodes.done;
  }
  const folder = resolve(workdir, given.optionalArgument(0) ?? ".");
  const { files } = await write(invocation, folder);
  const here = relative(workdir, folder) || ".";
  for (const file of Object.keys(files)) output.line(`wrote ${here === "." ? file : `${here}/${file}`}`);
  output.line(`run it: ${commandWords(invocation, "workflow", "run", here)}`);
  return exitCodes.done;
};

/** The one that is asked for; on a terminal a person chooses among those that can run here. */
async function write(invocation: Invocation, folder: string): Promise<Starter> {
  const { given, output, env } = invocation;
  const named = given.text("from");
  if (named !== null || !output.canAsk) return writeStarter(folder, named);
  // Nobody is asked what could not be written.
  requireNoWorkflow(folder);
  const offered = offeredStarters((name) => Bun.which(name, { PATH: env["PATH"] ?? "" }) !== null);
  const isAsked = offered.some(({ program }) => program !== null);
  const chosen = isAsked
    ? await askChoice("which workflow should be written?", offered, "nothing was written")
    : null;
  return uninterrupted(() => writeStarter(folder, chosen?.name ?? null));
}

/** Ctrl+C in between would leave a half of it. */
function uninterrupted<T>(act: () => T): T {
  const wait = (): void => {};
  process.on("SIGINT", wait);
  try {
    return act();
  } finally {
    process.off("SIGINT", wait);
  }
}

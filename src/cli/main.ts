import { engineIsEnabled, homeFolder } from "../config.ts";
import { AppError } from "../errors.ts";
import { version } from "../version.ts";
import { commandTable } from "./command-table.ts";
import { exitCodeOf, exitCodes, type ExitCode } from "./exit-code.ts";
import { givenOf } from "./given.ts";
import { openInvocationLog } from "./lifecycle-log.ts";
import { openOutput, type Output } from "./output.ts";
import { plainLine } from "./plain-text.ts";
import { beforeDashes, readCommandLine, type Asked } from "./program.ts";

/** The whole command line: reads it, does it, exits. `argv` is what follows the program's name. */
export async function runCli(argv: readonly string[]): Promise<never> {
  const words = beforeDashes(argv);
  const debug = words.includes("--debug");
  const output = openOutput({ color: !words.includes("--no-color"), env: process.env });
  const code = await outcome(argv, output, debug);
  const isTaken = await output.drained();
  return quit(isTaken || code !== exitCodes.done ? code : exitCodes.unavailable);
}

async function outcome(argv: readonly string[], output: Output, debug: boolean): Promise<ExitCode> {
  try {
    const asked = readCommandLine(commandTable, argv, Math.min(output.columns || 100, 120));
    if (asked.kind !== "command") {
      output.write(asked.kind === "help" ? asked.text : `${version}\n`);
      return exitCodes.done;
    }
    return await perform(asked, output, debug);
  } catch (error) {
    return report(error, output, debug);
  }
}

async function perform(
  { command, path, args, options }: Extract<Asked, { kind: "command" }>,
  output: Output,
  debug: boolean,
): Promise<ExitCode> {
  const given = givenOf(args, options);
  const home = homeFolder(process.env, given.text("data-dir"));
  if (path.startsWith("workflow ") && !engineIsEnabled(home, process.env)) {
    output.line("coming soon");
    return exitCodes.done;
  }
  const { run } = await command.load();
  const workdir = process.cwd();
  const log = openInvocationLog(home, { note: output.note, debug });
  return run({ given, output, home, workdir, env: process.env, debug, log, quit, commands: commandTable });
}

function quit(code: ExitCode): never {
  process.exit(code);
}

function report(error: unknown, output: Output, debug: boolean): ExitCode {
  const title = output.notePaint.bad("error:");
  if (error instanceof AppError) {
    output.note(`${title} ${plainLine(error.message)}`);
    for (const { path, message } of error.details)
      output.note(`  ${plainLine(path === "" ? message : `${path}: ${message}`)}`);
    if (debug) output.note(String(error.stack));
    return exitCodeOf(error.code);
  }
  const message = error instanceof Error ? error.message : String(error);
  output.note(
    `${title} ${plainLine(message.split("\n", 1)[0] ?? "")}. this is a bug in skillmeat; --debug shows where`,
  );
  if (debug && error instanceof Error) output.note(String(error.stack));
  return exitCodes.bug;
}

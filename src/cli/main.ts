import { engineIsEnabled, homeFolder } from "../config.ts";
import { AppError, type AppErrorCode } from "../errors.ts";
import { FindingsError } from "../workflow/findings-error.ts";
import { version } from "../version.ts";
import { commandTable } from "./commands/command-table.ts";
import { exitCodeOf, exitCodes, type ExitCode } from "./exit-code.ts";
import { readArguments } from "./arguments.ts";
import { refuseInsideAttempt } from "./inside-attempt.ts";
import { openInvocationLog } from "./lifecycle-log.ts";
import { openOutput, type Output } from "./terminal/output.ts";
import { plainLine } from "./terminal/plain-text.ts";
import { findingsText } from "./terminal/print-findings.ts";
import { wordsIn } from "./other-words.ts";
import { beforeDashes, readCommandLine, type CommandLine } from "./read-command-line.ts";

/** The whole command line: reads it, runs the command, exits. `argv` is what follows the program's name. */
export async function runCli(argv: readonly string[]): Promise<never> {
  const words = beforeDashes(argv);
  const debug = words.includes("--debug");
  const output = openOutput({ color: !words.includes("--no-color"), env: process.env });
  const code = await runCommandLine(argv, output, debug);
  const isTaken = await output.drained();
  return quit(isTaken || code !== exitCodes.done ? code : exitCodes.unavailable);
}

async function runCommandLine(argv: readonly string[], output: Output, debug: boolean): Promise<ExitCode> {
  try {
    const asked = readCommandLine(commandTable, argv, Math.min(output.columns || 100, 120));
    if (asked.kind !== "command") {
      output.write(asked.kind === "help" ? asked.text : `${version}\n`);
      return exitCodes.done;
    }
    return await perform(asked, output, debug);
  } catch (error) {
    return report(error, output, { debug, asJson: asksForJson(beforeDashes(argv)) });
  }
}

async function perform(
  { command, path, args, options }: Extract<CommandLine, { kind: "command" }>,
  output: Output,
  debug: boolean,
): Promise<ExitCode> {
  const given = readArguments(args, options);
  const home = homeFolder(process.env, given.text("data-dir"));
  if (path.startsWith("workflow ") && !engineIsEnabled(home, process.env)) {
    output.line("coming soon");
    return exitCodes.done;
  }
  if (command.notForAgents !== undefined) refuseInsideAttempt(process, command.notForAgents);
  const { run } = await command.load();
  const workdir = process.cwd();
  const log = openInvocationLog(home, { note: output.note, debug });
  return run({ given, output, home, workdir, env: process.env, debug, log, quit, commands: commandTable });
}

function quit(code: ExitCode): never {
  process.exit(code);
}

interface ReportOptions {
  debug: boolean;
  /** True: a program reads stdout, and expects the error there. */
  asJson: boolean;
}

function report(error: unknown, output: Output, { debug, asJson }: ReportOptions): ExitCode {
  const known = error instanceof AppError ? error : bugOf(error);
  if (asJson && output.isUntouched) {
    const { code, message, details } = known;
    output.json({ error: { code, message, ...(details.length > 0 ? { details } : {}) } });
  } else output.note(errorText(known, output));
  if (debug && error instanceof Error) output.note(String(error.stack));
  return known.code === "internal" ? exitCodes.bug : exitCodeOf(known.code);
}

type KnownError = Pick<AppError, "message" | "details"> & { code: AppErrorCode | "internal" };

function bugOf(error: unknown): KnownError {
  const said = error instanceof Error ? error.message : String(error);
  const message = `${said.split("\n", 1)[0] ?? ""}. this is a bug in skillmeat; --debug shows where`;
  return { code: "internal", message, details: [] };
}

function errorText(error: KnownError, { notePaint }: Output): string {
  if (error instanceof FindingsError) return findingsText(error.details, error.source, notePaint);
  const details = error.details
    .filter(({ message }) => !error.message.includes(message))
    .map(({ path, message }) => plainLine(path === "" ? message : `${path}: ${message}`));
  return [`${notePaint.bad("error:")} ${plainLine(error.message)}`, ...details].join("\n  ");
}

/**
 * Read from the words themselves: a command line that is not understood is an error too. The format of `export` is that
 * of a file.
 */
function asksForJson(words: readonly string[]): boolean {
  if (wordsIn(words)[1]?.word === "export") return false;
  return words.some(
    (word, at) => word === "--format=json" || (word === "json" && words[at - 1] === "--format"),
  );
}

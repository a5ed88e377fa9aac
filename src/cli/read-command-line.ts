import { Command as Parser, CommanderError, Help, Option } from "commander";
import { AppError } from "../errors.ts";
import { isGroup, type Command, type CommandGroup, type OptionSpec } from "./command.ts";
import { redirect, unknownWord, wordsIn } from "./other-words.ts";

/** What a command line asks for. */
export type CommandLine =
  | { kind: "help"; text: string }
  | { kind: "version" }
  | { kind: "command"; command: Command; path: string; args: string[]; options: Map<string, unknown> };

/** The options every command takes, before or after its name. */
export const globalOptions: OptionSpec[] = [
  {
    flags: "--data-dir <dir>",
    description: "the folder of skillmeat's data (default: $SKILLMEAT_HOME or ~/.skillmeat)",
  },
  { flags: "--no-color", description: "use no colours" },
  { flags: "--debug", description: "print lifecycle logs, and the stack of an error, to stderr" },
];

/**
 * Reads a command line. Throws `AppError("invalid_usage")` for what no command knows, with what was probably meant.
 * `width` is that of help text.
 */
export function readCommandLine(
  table: readonly (Command | CommandGroup)[],
  argv: readonly string[],
  width: number,
): CommandLine {
  const unknown = unknownWord(table, argv);
  const redirected = unknown && redirect(table, unknown);
  if (redirected) throw redirected;
  let asked: CommandLine | null = null;
  const root = parserOf("skillmeat");
  root.summary("write, run and watch multi-stage work done by AI agents");
  if (asksProgramItself(argv)) root.option("-V, --version", "show the version");
  for (const option of globalOptions) root.addOption(parserOption(option));
  const ask = (next: CommandLine): void => {
    if (next.kind === "command" && next.command.takesDashes) refuseMore(next.args, argv);
    asked = next;
  };
  for (const entry of findAskedCommand(table, argv)) addEntry(root, entry, "", ask);
  showHelp(root, ["workflow run WORKFLOW.yaml --param feature_name=search", "workflow --help"]);
  let help = "";
  configure(root, (text) => (help += text), width);
  try {
    root.parse(unknown ? argv.filter((word) => word !== "--help" && word !== "-h") : [...argv], {
      from: "user",
    });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (root.opts()["version"] === true) return { kind: "version" };
    if (error.code !== "commander.helpDisplayed" && error.code !== "commander.help")
      throw usageError(error, argv);
    return { kind: "help", text: help };
  }
  return asked ?? { kind: "help", text: root.helpInformation() };
}

/** Only the program itself has `--version`: a command that does not know it refuses it. */
function asksProgramItself(argv: readonly string[]): boolean {
  const [first] = wordsIn(argv);
  return !first || argv.slice(0, first.at).some((word) => word === "--version" || word === "-V");
}

/**
 * The command that is asked for, alone, because making the parsers of all others takes longer than most commands run.
 * All of them where none is named, for the help and for suggestions.
 */
function findAskedCommand(
  table: readonly (Command | CommandGroup)[],
  argv: readonly string[],
): (Command | CommandGroup)[] {
  const [first, second] = wordsIn(argv);
  const entry = table.find(({ name }) => name === first?.word);
  if (!entry) return [...table];
  if (!isGroup(entry)) return [entry];
  const command = entry.commands.find(({ name }) => name === second?.word);
  return [command ? { ...entry, commands: [command] } : entry];
}

function addEntry(
  parent: Parser,
  entry: Command | CommandGroup,
  path: string,
  ask: (asked: CommandLine) => void,
): void {
  const parser = parserOf(entry.name).summary(entry.summary);
  parent.addCommand(parser, { hidden: !isGroup(entry) && entry.hidden === true });
  const here = path === "" ? entry.name : `${path} ${entry.name}`;
  showHelp(parser, entry.examples, isGroup(entry) ? undefined : entry.notes);
  if (isGroup(entry)) {
    for (const command of entry.commands) addEntry(parser, command, here, ask);
    return;
  }
  for (const { name, description, optional } of entry.arguments ?? []) {
    parser.argument(optional ? `[${name}]` : `<${name}>`, description);
  }
  for (const option of entry.options ?? []) parser.addOption(parserOption(option));
  if (entry.takesDashes) parser.allowUnknownOption().allowExcessArguments();
  parser.action(() => {
    const options = new Map<string, unknown>();
    for (const [name, value] of Object.entries(parser.optsWithGlobals())) options.set(kebab(name), value);
    refuseGone(entry.options ?? [], options);
    ask({ kind: "command", command: entry, path: here, args: parser.args, options });
  });
}

function parserOf(name: string): Parser {
  return new Parser(name).helpCommand(false).helpOption("-h, --help", "show this help");
}

function parserOption(option: OptionSpec): Option {
  const made = new Option(option.flags, option.description);
  if (option.gone !== undefined) made.hideHelp();
  if (option.choices) made.choices([...option.choices]);
  if (option.repeats)
    made.argParser((value: string, before: string[] | undefined) => [...(before ?? []), value]);
  return made;
}

/** The words before `--`: nothing after it is an option, whatever it looks like. */
export function beforeDashes(argv: readonly string[]): readonly string[] {
  const at = argv.indexOf("--");
  return at < 0 ? argv : argv.slice(0, at);
}

function refuseGone(specs: readonly OptionSpec[], options: ReadonlyMap<string, unknown>): void {
  for (const { flags, gone } of specs) {
    const name = /--([a-z-]+)/.exec(flags)?.[1] ?? "";
    if (gone !== undefined && typeof options.get(name) === "string")
      throw new AppError("invalid_usage", gone);
  }
}

/** A check that commander leaves out where an argument may begin with a dash. */
function refuseMore(args: readonly string[], argv: readonly string[]): void {
  const after = Math.max(0, argv.length - beforeDashes(argv).length - 1);
  const option = args.slice(0, args.length - after).find((arg) => /^--?[A-Za-z]/.test(arg));
  if (option !== undefined) throw new AppError("invalid_usage", `unknown option "${option}"`);
  if (args.length > 1) throw new AppError("invalid_usage", `there is an extra argument: "${args[1]}"`);
}

/** commander's help with the global options, the notes and the examples. */
function showHelp(parser: Parser, examples: readonly string[], notes?: string): void {
  const shown = examples.map((example) => `  skillmeat ${example}\n`).join("");
  parser.configureHelp({
    showGlobalOptions: true,
    minWidthToWrap: 20,
    formatHelp: (command, helper) => {
      const help = Help.prototype.formatHelp.call(helper, command, helper);
      const wrapped = notes ? `${helper.boxWrap(notes, helper.helpWidth ?? 100)}\n\n` : "";
      return `${help}\n${wrapped}${examples.length === 1 ? "Example" : "Examples"}:\n${shown}`;
    },
  });
}

/** commander's settings are not inherited by commands that were made beforehand, so each command is visited. */
function configure(parser: Parser, write: (text: string) => void, width: number): void {
  parser.exitOverride().showSuggestionAfterError(true);
  parser.configureOutput({
    writeOut: write,
    writeErr: write,
    outputError: () => {},
    getOutHelpWidth: () => width,
    getErrHelpWidth: () => width,
  });
  for (const child of parser.commands) configure(child, write, width);
}

/** commander's message in the house's form: names in double quotes, the way out after a full stop. */
function usageError(error: CommanderError, argv: readonly string[]): AppError {
  const [said = "", suggestion = ""] = error.message.replace(/^error: /, "").split("\n");
  const meant = /\(Did you mean (one of )?(.*)\?\)/.exec(suggestion)?.[2];
  const message = said
    .replace(/'([^']*)'/g, '"$1"')
    .replace(/\.$/, "")
    .replace(". Allowed", ". allowed")
    .replace(". Expected", ": expected")
    .replace(/^([A-Z])/, (first) => first.toLowerCase());
  const wayOut = meant
    ? `did you mean "${meant.replaceAll(", ", '" or "')}"?`
    : `see: ${helpOf(argv.slice(0, unknownAt(error, said, argv)))}`;
  return new AppError("invalid_usage", `${message}. ${wayOut}`);
}

/** The position of the word that is no command, and so has no help. */
function unknownAt({ code }: CommanderError, said: string, argv: readonly string[]): number {
  return code === "commander.unknownCommand" ? argv.indexOf(/'([^']*)'/.exec(said)?.[1] ?? "") : argv.length;
}

function helpOf(argv: readonly string[]): string {
  const words = argv.slice(0, 2).filter((word) => /^[a-z][a-z-]*$/.test(word));
  return [
    "skillmeat",
    ...words.slice(0, words[0] === "workflow" || words[0] === "db" ? 2 : 1),
    "--help",
  ].join(" ");
}

function kebab(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

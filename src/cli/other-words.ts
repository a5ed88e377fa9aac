import { AppError } from "../errors.ts";
import { isGroup, type Command, type CommandGroup } from "./command.ts";
import { shellWords, type ShellWord } from "./terminal/shell-words.ts";

type Table = readonly (Command | CommandGroup)[];

/** An unknown word in the place of a command. */
export interface UnknownWord {
  /** The group it stands in; empty at the top. */
  group: string;
  word: string;
  /** What stands before the group or the word: options of every command. */
  before: readonly string[];
  after: readonly string[];
}

/** The words of a command line: neither options nor their values. With their places. */
export function wordsIn(argv: readonly string[]): { word: string; at: number }[] {
  const end = argv.indexOf("--");
  return argv
    .map((word, at) => ({ word, at }))
    .filter(
      ({ word, at }) => !word.startsWith("-") && argv[at - 1] !== "--data-dir" && (end < 0 || at < end),
    );
}

export function unknownWord(table: Table, argv: readonly string[]): UnknownWord | null {
  const [first, second] = wordsIn(argv);
  if (!first) return null;
  const before = argv.slice(0, first.at);
  const entry = table.find(({ name }) => name === first.word);
  if (!entry) return { group: "", word: first.word, before, after: argv.slice(first.at + 1) };
  if (!second || !isGroup(entry) || entry.commands.some(({ name }) => name === second.word)) return null;
  return { group: entry.name, word: second.word, before, after: argv.slice(second.at + 1) };
}

/**
 * What to say of a word that people try, or that a later version knows: the whole command that they mean. Null where it
 * is like any other word that is no command.
 */
export function redirect(table: Table, unknown: UnknownWord): AppError | null {
  const { group, word, before, after } = unknown;
  const said = ["skillmeat", ...(group === "" ? [] : [group]), word].join(" ");
  const meant = group === "" || group === "workflow" ? findMeaning(table, word, after) : null;
  if (meant !== null) {
    const command = shellWords(["skillmeat", ...before, "workflow", ...meant]);
    return new AppError("invalid_usage", `there is no command "${said}". write: ${command}`);
  }
  if (!later.has(group === "" ? word : `${group} ${word}`)) return null;
  return new AppError("invalid_usage", `"${said}" is not in this version. "skillmeat --help" lists what is`);
}

/** Commands of later versions, which the documentation of those versions names. */
const later = new Set(
  [
    "bundle context memory notify open prune show sync token trigger worker workers".split(" "),
    ["archive", "diff", "publish", "request-changes", "stats"].map((word) => `workflow ${word}`),
  ].flat(),
);

/** Words of other tools, and the command below `workflow` that does the same. */
const meanings: Record<string, (after: readonly string[]) => ShellWord[]> = {
  logs: (after) => ofRun("runs", after, ["--logs"]),
  log: (after) => ofRun("runs", after, ["--logs"]),
  status: (after) => ["runs", ...after],
  ps: (after) => ["runs", ...after],
  retry: (after) => ofRun("rerun", after, ["--from-failed"]),
  stop: (after) => ofRun("cancel", after, []),
  kill: (after) => ofRun("cancel", after, []),
  continue: (after) => ofRun("resume", after, []),
  start: (after) => ["run", ...after],
  ls: (after) => ["list", ...after],
  rm: (after) => ["delete", ...after],
};

function findMeaning(table: Table, word: string, after: readonly string[]): ShellWord[] | null {
  const meaning = Object.hasOwn(meanings, word) ? meanings[word] : undefined;
  if (meaning) return meaning(after);
  const workflow = table.find(({ name }) => name === "workflow");
  const isBelow = workflow && isGroup(workflow) && workflow.commands.some(({ name }) => name === word);
  return isBelow ? [word, ...after] : null;
}

/** The run comes first, then what the word stands for, then all that was given besides. */
function ofRun(command: string, after: readonly string[], options: readonly string[]): ShellWord[] {
  const at = after.findIndex((word) => !word.startsWith("-"));
  const runId = after[at] ?? { fillIn: "run_id" };
  const rest = after.filter((_, each) => each !== at).map((word) => (word === "-f" ? "--follow" : word));
  return [command, runId, ...options, ...rest];
}

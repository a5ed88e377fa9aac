import type { ExitCode } from "./exit-code.ts";
import type { Arguments } from "./arguments.ts";
import type { InvocationLog } from "./lifecycle-log.ts";
import type { Output } from "./terminal/output.ts";

/** A command is data: its parser, its help, its completion and its documentation all come from here. */
export interface Command {
  name: string;
  summary: string;
  arguments?: ArgumentSpec[];
  options?: OptionSpec[];
  /** What follows `skillmeat`; shown by `--help`. */
  examples: string[];
  /** Further text below the options. */
  notes?: string;
  /** True: the first argument may begin with a dash. */
  takesDashes?: true;
  /** True: for skillmeat itself; neither help nor completion shows it. */
  hidden?: true;
  /** Inside of an attempt an agent must not do this, so the command is refused. Ends `an agent does not …`. */
  notForAgents?: string;
  load: () => Promise<{ run: CommandRun }>;
}

export interface CommandGroup {
  name: string;
  summary: string;
  examples: string[];
  commands: Command[];
}

export interface ArgumentSpec {
  name: string;
  description: string;
  optional?: true;
}

export interface OptionSpec {
  /** As commander takes it: `-o, --output <file>`. */
  flags: string;
  description: string;
  /** True: may be given many times. */
  repeats?: true;
  choices?: readonly string[];
  /** The option is no longer accepted; this says why, and what to do instead. Neither help nor completion shows it. */
  gone?: string;
}

export type CommandRun = (invocation: Invocation) => Promise<ExitCode>;

/** Everything a command knows of its surroundings. */
export interface Invocation {
  given: Arguments;
  output: Output;
  /** Absolute folder of skillmeat's data; may not exist yet. */
  home: string;
  /** Absolute. */
  workdir: string;
  env: Readonly<Record<string, string | undefined>>;
  debug: boolean;
  log: InvocationLog;
  /** Ends the process at once, whatever is still going on. */
  quit: (code: ExitCode) => never;
  /** All there are. */
  commands: readonly (Command | CommandGroup)[];
}

export function isGroup(entry: Command | CommandGroup): entry is CommandGroup {
  return "commands" in entry;
}

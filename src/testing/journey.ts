import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, setDefaultTimeout } from "bun:test";
import type { ExecutionView } from "../execution/view.ts";
import { until } from "./journey-until.ts";
import { longestTestMs } from "./limits.ts";
import { processesWith, signalIfThere } from "./process-table.ts";

/** The compiled executable, which `npm test` builds first. */
export const executable = process.env["SKILLMEAT_BIN"] ?? join(import.meta.dir, "../../dist/skillmeat");

/** How a process has ended and what it printed. */
export interface ProcessEnd {
  /** Null when a signal ended it. */
  code: number | null;
  signal: NodeJS.Signals | number | null;
  stdout: string;
  stderr: string;
}

export interface RunningProcess {
  readonly pid: number;
  /** Its output so far. */
  readonly stdout: string;
  readonly stderr: string;
  readonly ended: Promise<ProcessEnd>;
  kill(signal: NodeJS.Signals): void;
}

export interface StartOptions {
  env?: Record<string, string>;
  cwd?: string;
  stdin?: string | Uint8Array;
  /** Another program in front, such as `strace`, with its arguments. */
  under?: string[];
}

/** A folder to work in, with a home for skillmeat's data, and functions that run the executable there. */
export interface Journey {
  readonly folder: string;
  readonly home: string;
  /** Writes a file and returns its absolute path. A file that begins with `#!` is executable. */
  write(path: string, content: string | Uint8Array): string;
  /** A file's text; "" when there is no such file. */
  read(path: string): string;
  /** The lines of a file; none when there is no such file. */
  lines(path: string): string[];
  start(args: readonly string[], options?: StartOptions): RunningProcess;
  /** Starts the program and waits for its end. */
  run(args: readonly string[], options?: StartOptions): Promise<ProcessEnd>;
  /** One execution as `runs --format json` prints it. */
  execution(runId: string): Promise<ExecutionView>;
  /** The living processes of this journey's agents. */
  agents(): ReturnType<typeof processesWith>;
  /** The entries of the attempts' folder. */
  attempts(): string[];
}

/**
 * Called at the top of a test file. Returns the function that begins a journey; all journeys are removed at the end.
 */
export function journeys(): (name: string) => Journey {
  const begun: Journey[] = [];
  // This counts even when `bun test` runs the file alone, whose own limit is 5 s.
  setDefaultTimeout(longestTestMs);
  afterAll(() => begun.forEach(clearAway));
  return (name) => {
    const journey = beginJourney(mkdtempSync(join(tmpdir(), `skillmeat-${name}-`)));
    begun.push(journey);
    return journey;
  };
}

/** The id that `workflow run` prints first. */
export function runIdOf(running: RunningProcess): Promise<string> {
  return until("the id of the run is printed", () => /^run \S+ \((\S+)\)$/m.exec(running.stdout)?.[1]);
}

function beginJourney(folder: string): Journey {
  const home = join(folder, "home");
  const read = (path: string): string => {
    const file = join(folder, path);
    return existsSync(file) ? readFileSync(file, "utf8") : "";
  };
  const start: Journey["start"] = (args, options) => startProgram(folder, home, args, options);
  const run: Journey["run"] = (args, options) => start(args, options).ended;
  return {
    folder,
    home,
    read,
    start,
    run,
    write: (path, content) => {
      const file = join(folder, path);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, content, { mode: content.slice(0, 2).toString() === "#!" ? 0o755 : 0o644 });
      return file;
    },
    lines: (path) => read(path).split("\n").slice(0, -1),
    execution: async (runId) => {
      const { stdout, stderr } = await run(["workflow", "runs", runId, "--format", "json"]);
      if (stdout === "") throw new Error(stderr);
      return JSON.parse(stdout) as ExecutionView;
    },
    agents: () => processesWith(`SKILLMEAT_WORKDIR=${folder}`),
    attempts: () => {
      const attempts = join(home, "attempts");
      return existsSync(attempts) ? readdirSync(attempts) : [];
    },
  };
}

/** The tester's own settings do not reach the executable. */
function startProgram(
  folder: string,
  home: string,
  args: readonly string[],
  { env = {}, cwd = folder, stdin, under = [] }: StartOptions = {},
): RunningProcess {
  const child = Bun.spawn([...under, executable, ...args], {
    cwd,
    env: { ...plainEnv(folder, home), ...env },
    stdin: stdin === undefined ? "ignore" : new Blob([stdin]),
    stdout: "pipe",
    stderr: "pipe",
  });
  const kept = { stdout: "", stderr: "" };
  const streams = [keep(child.stdout, kept, "stdout"), keep(child.stderr, kept, "stderr")];
  const ended = Promise.all([child.exited, ...streams]).then(() => ({
    code: child.signalCode === null ? child.exitCode : null,
    signal: child.signalCode,
    ...kept,
  }));
  return {
    pid: child.pid,
    ended,
    get stdout() {
      return kept.stdout;
    },
    get stderr() {
      return kept.stderr;
    },
    kill: (signal) => child.kill(signal),
  };
}

/** Servers of journeys require no token, except in the journeys of the token, which set `SKILLMEAT_NO_TOKEN: ""`. */
function plainEnv(folder: string, home: string): Record<string, string> {
  const path = process.env["PATH"] ?? "";
  return { PATH: path, HOME: folder, SKILLMEAT_HOME: home, SKILLMEAT_NO_TOKEN: "1", USER: "tester" };
}

async function keep(
  stream: ReadableStream<Uint8Array>,
  kept: { stdout: string; stderr: string },
  name: "stdout" | "stderr",
): Promise<void> {
  const decoder = new TextDecoder();
  for await (const chunk of stream) kept[name] += decoder.decode(chunk, { stream: true });
}

/** A test that fails half-way leaves processes, which are found by the journey's own folder. */
function clearAway({ folder, home }: Journey): void {
  for (const entry of [`SKILLMEAT_HOME=${home}`, `SKILLMEAT_WORKDIR=${folder}`]) {
    for (const { pid } of processesWith(entry)) signalIfThere(pid, "SIGKILL");
  }
  rmSync(folder, { recursive: true, force: true });
}

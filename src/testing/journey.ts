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

/** The compiled program: `npm test` builds it first. */
export const executable = process.env["SKILLMEAT_BIN"] ?? join(import.meta.dir, "../../dist/skillmeat");

/** What a process came to. */
export interface ProcessEnd {
  /** Null when a signal ended it. */
  code: number | null;
  signal: NodeJS.Signals | number | null;
  stdout: string;
  stderr: string;
}

export interface RunningProcess {
  readonly pid: number;
  /** What it has printed up to now. */
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

/** A folder of its own to work in, with a home for skillmeat's data, and the program to use there. */
export interface Journey {
  readonly folder: string;
  readonly home: string;
  /** Writes a file; one that begins with `#!` may be run. Its absolute path. */
  write(path: string, content: string | Uint8Array): string;
  /** A file's text; "" when there is none. */
  read(path: string): string;
  /** The lines of a file; none when it is not there. */
  lines(path: string): string[];
  start(args: readonly string[], options?: StartOptions): RunningProcess;
  /** Starts the program and waits for its end. */
  run(args: readonly string[], options?: StartOptions): Promise<ProcessEnd>;
  /** One execution as `runs --format json` gives it. */
  execution(runId: string): Promise<ExecutionView>;
  /** Living processes of the agents of this journey. */
  agents(): ReturnType<typeof processesWith>;
  /** What lies in the folder of the attempts. */
  attempts(): string[];
}

/** Call it at the top of a test file: gives the way to begin journeys, and clears all of them away at the end. */
export function journeys(): (name: string) => Journey {
  const begun: Journey[] = [];
  // Also where a file is run by `bun test` alone, whose own limit is 5 s.
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

/** Nothing of the tester's own settings reaches the program. */
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

/** Servers of journeys ask for no token; the journeys of the token itself say `SKILLMEAT_NO_TOKEN: ""`. */
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

/** A test that failed half-way leaves processes; they are known by the journey's own folder. */
function clearAway({ folder, home }: Journey): void {
  for (const entry of [`SKILLMEAT_HOME=${home}`, `SKILLMEAT_WORKDIR=${folder}`]) {
    for (const { pid } of processesWith(entry)) signalIfThere(pid, "SIGKILL");
  }
  rmSync(folder, { recursive: true, force: true });
}

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { attemptFiles, hasCode, type AttemptHandles } from "./attempt-folder.ts";
import { carriesMark, isProcess, signalProcess } from "./processes.ts";

/**
 * Runs the agent, after writing down its own pid, and then writes the agent's exit status, with builtins of the shell.
 * It claims the folder first (`-C`: the file must not exist), so that an agent never runs without a trace. The agent
 * itself answers signals to the group: what is trapped here is reset to its default in the agent.
 */
const script = `set -C
echo $$ >"$0/${attemptFiles.status}" || exit 70
trap : HUP INT TERM
"$@"
s=$?
echo $s >>"$0/${attemptFiles.status}"
exit $s`;

/** The same for a two-way agent: `tail` feeds it through a named pipe until somebody ends `tail`. */
const twoWayScript = `set -C
echo $$ >"$0/${attemptFiles.status}" || exit 70
trap : HUP INT TERM
mkfifo -m 600 "$0/${attemptFiles.fifo}" || exit 70
tail -f -c +1 "$0/${attemptFiles.twoWayInput}" >"$0/${attemptFiles.fifo}" &
f=$!
echo $f >"$0/${attemptFiles.feeder}"
"$@" <"$0/${attemptFiles.fifo}"
s=$?
kill -9 $f 2>/dev/null
echo $s >>"$0/${attemptFiles.status}"
exit $s`;

export interface Supervised {
  pid: number;
  /** Resolves with the agent's exit status; null when the supervisor was killed and the status is not known. */
  ended: Promise<number | null>;
  /** Checked before a signal: a pid that has been given to another process must never be hit. */
  isRunning(): boolean;
  /** Kills the agent at once, with all processes that the supervisor knows of. Nothing happens when it does not run. */
  kill(): void;
  /** True: it ends every process of its agent, wherever that went, before it ends itself and gives the status. */
  endsAll: boolean;
}

/** A supervisor of an earlier engine. */
export type Recorded = Omit<Supervised, "ended">;

export interface LaunchOptions {
  folder: string;
  attemptId: string;
  /** The program's absolute path first. */
  command: readonly string[];
  workdir: string;
  env: Readonly<Record<string, string>>;
  handles: AttemptHandles;
  /** True: its stdin is fed from the attempt's `in.jsonl` as that grows, until the input is ended; see `InputFile`. */
  isTwoWay: boolean;
}

/** Starts the agent in a session of its own, under a shell. Throws the system's errors. */
export function launchUnderShell(options: LaunchOptions): Supervised {
  const { folder, command, workdir, env, handles, isTwoWay } = options;
  const child = Bun.spawn(["/bin/sh", "-c", isTwoWay ? twoWayScript : script, folder, ...command], {
    cwd: workdir,
    env,
    detached: true,
    stdio: [handles.stdin, handles.stdout, handles.stderr],
  });
  const isRunning = (): boolean => child.exitCode === null && child.signalCode === null;
  return {
    pid: child.pid,
    ended: child.exited.then((code) => (child.signalCode === null ? code : null)),
    isRunning,
    kill: () => void (isRunning() && signalProcess(-child.pid, "SIGKILL")),
    endsAll: false,
  };
}

/**
 * The supervisor of an attempt of an earlier engine, running or not; null when the attempt never had one. A shell has
 * the attempt's id in its environment, which no other process inherits, whatever pid it gets; a supervisor of our own
 * has written down when it was started.
 */
export function recordedSupervisor(folder: string, attemptId: string): Recorded | null {
  const [, pidText = "", ticks = ""] = /^(\d+)(?: (\d+))?$/.exec(recordedLine(folder, 0) ?? "") ?? [];
  if (pidText === "") return null;
  const pid = Number(pidText);
  if (ticks !== "") return ownSupervisor(pid, Number(ticks));
  const isRunning = (): boolean => carriesMark(pid, attemptId, folder);
  const kill = (): void => void (isRunning() && signalProcess(-pid, "SIGKILL"));
  return { pid, isRunning, kill, endsAll: false };
}

/** How long it may take to kill the processes of its agent before it is killed itself. */
const killPatienceMs = 3_000;

/** A supervisor of our own program, named by its pid and when it was started. */
export function ownSupervisor(pid: number, startTicks: number): Recorded {
  const isRunning = (): boolean => isProcess(pid, startTicks);
  return {
    pid,
    isRunning,
    kill() {
      if (!isRunning()) return;
      signalProcess(pid, "SIGUSR1");
      const hard = setTimeout(() => isRunning() && signalProcess(-pid, "SIGKILL"), killPatienceMs);
      hard.unref();
    },
    endsAll: true,
  };
}

/** The agent's exit status as the supervisor wrote it; null until then. */
export function recordedExit(folder: string): number | null {
  const text = recordedLine(folder, 1);
  return text !== null && /^\d+$/.test(text) ? Number(text) : null;
}

/** A line without its end is still being written. */
function recordedLine(folder: string, line: number): string | null {
  const lines = readOrNull(join(folder, attemptFiles.status))?.split("\n") ?? [];
  return lines.length > line + 1 ? (lines[line] ?? null) : null;
}

function readOrNull(file: string): string | null {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    if (hasCode(error, "ENOENT") || hasCode(error, "ENOTDIR")) return null;
    throw error;
  }
}

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { attemptFiles, hasCode, type AttemptHandles } from "./attempt-folder.ts";
import { carriesMark } from "./processes.ts";

/**
 * Runs the agent and writes down its own pid before, the agent's exit status after, with builtins of the shell. It
 * claims the folder first (`-C`: the file must not exist), so that an agent never runs without a trace. A signal to the
 * group is the agent's to answer: what is trapped here is reset to its default in the agent.
 */
const script = `set -C
echo $$ >"$0/${attemptFiles.status}" || exit 70
trap : HUP INT TERM
"$@"
s=$?
echo $s >>"$0/${attemptFiles.status}"
exit $s`;

export interface Supervised {
  pid: number;
  /** Resolves with the agent's exit status; null when the supervisor was killed and the status is not known. */
  ended: Promise<number | null>;
  /** Asked before a signal: a pid that has been given to another process must never be hit. */
  isRunning(): boolean;
}

interface LaunchOptions {
  folder: string;
  /** The program's absolute path first. */
  command: readonly string[];
  workdir: string;
  env: Readonly<Record<string, string>>;
  handles: AttemptHandles;
}

/** Starts the agent in a session of its own. Throws the system's errors. */
export function launch({ folder, command, workdir, env, handles }: LaunchOptions): Supervised {
  const child = Bun.spawn(["/bin/sh", "-c", script, folder, ...command], {
    cwd: workdir,
    env,
    detached: true,
    stdio: [handles.stdin, handles.stdout, handles.stderr],
  });
  return {
    pid: child.pid,
    ended: child.exited.then((code) => (child.signalCode === null ? code : null)),
    isRunning: () => child.exitCode === null && child.signalCode === null,
  };
}

/**
 * Who supervises an attempt of an earlier engine, running or not; null when it never got so far. The pid with the
 * attempt's id in that process's environment names it: no other process, whatever pid it is given, has inherited that.
 */
export function recordedSupervisor(folder: string, attemptId: string): Omit<Supervised, "ended"> | null {
  const pid = recordedNumber(folder, 0);
  return pid === null ? null : { pid, isRunning: () => carriesMark(pid, attemptId, folder) };
}

/** The agent's exit status as the supervisor wrote it; null while it has not. */
export function recordedExit(folder: string): number | null {
  return recordedNumber(folder, 1);
}

/** A line without its end is not written yet. */
function recordedNumber(folder: string, line: number): number | null {
  const lines = readOrNull(join(folder, attemptFiles.status))?.split("\n") ?? [];
  const text = lines.length > line + 1 ? lines[line] : undefined;
  return text !== undefined && /^\d+$/.test(text) ? Number(text) : null;
}

function readOrNull(file: string): string | null {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    if (hasCode(error, "ENOENT") || hasCode(error, "ENOTDIR")) return null;
    throw error;
  }
}

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { attemptFiles, hasCode, type AttemptHandles } from "./attempt-folder.ts";
import { carriesMark, processStart, signalProcess } from "./processes.ts";

/**
 * Runs the agent and writes down how it ended, with builtins of the shell alone. It claims the folder first (`-C`: the
 * file must not exist), so that an agent never runs without a trace. A signal to the group is the agent's to answer:
 * what is trapped here is reset to its default in the agent.
 */
const script = [
  "set -C",
  'read -r s 2>/dev/null </proc/self/stat || s=$$; echo "$s" >"$0/supervisor" || exit 70',
  "trap : HUP INT TERM",
  '"$@"',
  's=$?; echo $s >"$0/exit"; exit $s',
].join("\n");

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

/** Who supervises an attempt of an earlier engine, running or not; null when it never got so far. */
export function recordedSupervisor(folder: string, attemptId: string): Omit<Supervised, "ended"> | null {
  const record = readOrNull(join(folder, attemptFiles.supervisor));
  const pid = Number.parseInt(record ?? "", 10);
  if (record === null || !(pid > 1)) return null;
  const start = startIn(record);
  return {
    pid,
    isRunning: () =>
      (start === null || processStart(pid) === start) && carriesMark(pid, attemptId, folder) && isAlive(pid),
  };
}

/** The agent's exit status as the supervisor wrote it; null while it has not. */
export function recordedExit(folder: string): number | null {
  const text = readOrNull(join(folder, attemptFiles.exit));
  return text !== null && /^\d+\n$/.test(text) ? Number(text) : null;
}

/** Field 22 of a `/proc/PID/stat` line; null when the record is a pid alone. */
function startIn(record: string): string | null {
  const end = record.lastIndexOf(")");
  return end < 0 ? null : (record.slice(end + 2).split(" ")[19] ?? null);
}

function isAlive(pid: number): boolean {
  return signalProcess(pid, 0);
}

function readOrNull(file: string): string | null {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    if (hasCode(error, "ENOENT") || hasCode(error, "ENOTDIR")) return null;
    throw error;
  }
}

import { closeSync, openSync, readdirSync, readFileSync, readSync } from "node:fs";
import { isShortage } from "./shortage.ts";

/** The variable that every process of an attempt inherits. */
export const markVariable = "SKILLMEAT_ATTEMPT_ID";

const markPrefix = Buffer.from(`${markVariable}=`);
/** Linux allows environments up to the stack's limit; the mark comes first, and 1 MiB is far beyond any real one. */
const environmentBuffer = Buffer.allocUnsafe(1 << 20);

/**
 * False on systems without /proc: there only the process group of an attempt can be ended, not processes that left it.
 */
export const canReadProcesses = process.platform === "linux";

/** One pass over /proc: the living processes that carry each of these attempt ids. */
export function findMarked(ids: ReadonlySet<string>): Map<string, number[]> {
  const found = new Map<string, number[]>();
  for (const pid of processIds()) {
    const id = markOf(pid);
    if (id === null || !ids.has(id)) continue;
    const pids = found.get(id);
    if (pids) pids.push(pid);
    else found.set(id, [pid]);
  }
  return found;
}

/** True while this pid is a living process of the attempt; a pid that was given to another process is not. */
export function carriesMark(pid: number, attemptId: string, attemptDir: string): boolean {
  if (canReadProcesses) return markOf(pid) === attemptId;
  // The supervisor has the attempt's folder as an argument.
  const { stdout } = Bun.spawnSync(["ps", "-ww", "-o", "args=", "-p", String(pid)]);
  return stdout.toString().includes(` ${attemptDir} `);
}

/** True while the process that got this pid at that time lives, in ticks as field 22 of `/proc/PID/stat` has them. */
export function isProcess(pid: number, startTicks: number): boolean {
  const fields = statFields(pid);
  return fields !== null && fields[0] !== "Z" && fields[0] !== "X" && Number(fields[19]) === startTicks;
}

/** How long a process has lived, in ms, regardless of changes of the wall clock; null when there is none. */
export function livedMs(pid: number): number | null {
  if (!canReadProcesses) return askPsForAgeMs(pid);
  const fields = statFields(pid);
  if (!fields || fields[0] === "Z" || fields[0] === "X") return null;
  const [uptime = ""] = readFileSync("/proc/uptime", "utf8").split(" ");
  return Math.max(0, Number(uptime) * 1000 - (Number(fields[19]) * 1000) / ticksPerSecond);
}

/** The ticks of `/proc/PID/stat`, the same on every Linux. */
const ticksPerSecond = 100;

function askPsForAgeMs(pid: number): number | null {
  const { stdout } = Bun.spawnSync(["ps", "-o", "etime=", "-p", String(pid)]);
  const [, days = "0", hours = "0", minutes = "", seconds = ""] =
    /^\s*(?:(?:(\d+)-)?(\d+):)?(\d+):(\d+)\s*$/.exec(stdout.toString()) ?? [];
  if (seconds === "") return null;
  return (((Number(days) * 24 + Number(hours)) * 60 + Number(minutes)) * 60 + Number(seconds)) * 1000;
}

/** True when some process that is not a zombie is in the group. */
export function isGroupAlive(group: number): boolean {
  if (!signalProcess(-group, 0)) return false;
  if (!canReadProcesses) return true;
  // There may be no process to reap orphans (a container without init): a group of zombies counts as an empty group.
  try {
    return processIds().some((pid) => groupOf(pid) === group);
  } catch (error) {
    // This cannot be told at present, and the caller will ask again.
    if (isShortage(error)) return true;
    throw error;
  }
}

/** True when the signal was delivered; false when there is no such process, or it is not ours. */
export function signalProcess(pid: number, signal: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(pid, signal);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ESRCH" || code === "EPERM") return false;
    throw error;
  }
}

/**
 * True when it is certain, and quick to tell, that no process of an attempt is left: descendants have later pids than
 * its first process, and few pids were given out since. `sinceMs` is how long ago it was started: pids start over, but
 * not within a quarter of a second.
 */
export function isSurelyAlone(first: number, attemptId: string, sinceMs: number): boolean {
  if (!canReadProcesses || sinceMs > 250) return false;
  let looked = first;
  for (let last = lastPid(); last !== looked; last = lastPid()) {
    if (last < looked || last - first > fewPids) return false;
    for (let pid = looked + 1; pid <= last; pid++) if (mayCarry(pid, attemptId)) return false;
    looked = last;
  }
  return true;
}

function mayCarry(pid: number, attemptId: string): boolean {
  try {
    return markOf(pid) === attemptId;
  } catch (error) {
    if (isShortage(error)) return true;
    throw error;
  }
}

const fewPids = 32;

/** The pid that was given out last; -1 where the system does not tell. */
function lastPid(): number {
  try {
    return Number(readFileSync("/proc/loadavg", "utf8").trim().split(" ").at(-1)) || -1;
  } catch {
    return -1;
  }
}

function processIds(): number[] {
  if (!canReadProcesses) return [];
  const pids: number[] = [];
  for (const name of readdirSync("/proc")) {
    const first = name.charCodeAt(0);
    if (first >= 48 && first <= 57) pids.push(Number(name));
  }
  return pids;
}

function markOf(pid: number): string | null {
  const length = readEnvironment(pid);
  const environment = environmentBuffer.subarray(0, length);
  let at = environment.indexOf(markPrefix);
  while (at > 0 && environment[at - 1] !== 0) at = environment.indexOf(markPrefix, at + 1);
  if (at < 0) return null;
  const start = at + markPrefix.length;
  const end = environment.indexOf(0, start);
  return environment.toString("utf8", start, end < 0 ? length : end);
}

/** Fills the buffer; returns how many bytes. 0 for a zombie, an ended process, and one that may not be read. */
function readEnvironment(pid: number): number {
  let file: number;
  try {
    file = openSync(`/proc/${pid}/environ`, "r");
  } catch (error) {
    if (isShortage(error)) throw error;
    return 0;
  }
  try {
    let length = 0;
    let read: number;
    do {
      read = readSync(file, environmentBuffer, length, environmentBuffer.length - length, null);
      length += read;
      // The kernel gives one page at a time; a short page was the last.
    } while (read >= 4096 && length < environmentBuffer.length);
    return length;
  } catch {
    return 0;
  } finally {
    closeSync(file);
  }
}

/** The process group of a living process; null for a zombie and for none. */
function groupOf(pid: number): number | null {
  const fields = statFields(pid);
  if (!fields || fields[0] === "Z" || fields[0] === "X") return null;
  return Number(fields[2]);
}

/** `/proc/PID/stat` from the third field on: the second, the command's name, may hold spaces and brackets itself. */
function statFields(pid: number): string[] | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    return stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  } catch (error) {
    if (isShortage(error)) throw error;
    return null;
  }
}

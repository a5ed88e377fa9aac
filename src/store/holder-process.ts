import { readFileSync } from "node:fs";
import type { Holder, IsAlive } from "./leases.ts";

/** Identifies a process for good; a pid alone is given to another process sooner or later. */
export type ProcessIdentity = Pick<Holder, "pid" | "process_start" | "boot_id">;

/** What leases need to know of the machine's processes. */
export interface ProcessTable {
  /** The identity of this very process. */
  current(): ProcessIdentity;
  /** True while the very same process runs. */
  isAlive: IsAlive;
}

export const machineProcesses: ProcessTable = { current: currentProcess, isAlive: isProcessAlive };

/** The identity of this very process. */
export function currentProcess(): ProcessIdentity {
  const process_start = processStart(process.pid);
  if (process_start === null) throw new Error("this process cannot be found in the process table");
  return { pid: process.pid, process_start, boot_id: bootId() };
}

/**
 * True when the very same process still runs on this machine. A process that has ended but was not waited for does not
 * count.
 */
export function isProcessAlive(identity: ProcessIdentity): boolean {
  return identity.boot_id === bootId() && processStart(identity.pid) === identity.process_start;
}

/** When a process started, in the machine's own terms; null when there is no such process. */
function processStart(pid: number): string | null {
  return process.platform === "linux" ? startInProc(pid) : startFromPs(pid);
}

/** Field 22 of `/proc/PID/stat`. The second field is the command's name and may hold spaces and brackets itself. */
function startInProc(pid: number): string | null {
  const stat = readOrNull(`/proc/${pid}/stat`);
  if (stat === null) return null;
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const [state] = fields;
  return state === "Z" || state === "X" ? null : (fields[19] ?? null);
}

function startFromPs(pid: number): string | null {
  const { stdout } = Bun.spawnSync(["ps", "-o", "stat=,lstart=", "-p", String(pid)], {
    env: { LC_ALL: "C" },
  });
  const [, state = "Z", start = ""] = /^\s*(\S+)\s+(.*\S)\s*$/.exec(stdout.toString()) ?? [];
  return state.startsWith("Z") ? null : start;
}

let knownBootId: string | null = null;

function bootId(): string {
  return (knownBootId ??= readBootId());
}

function readBootId(): string {
  if (process.platform === "linux") return readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
  return Bun.spawnSync(["sysctl", "-n", "kern.bootsessionuuid"]).stdout.toString().trim();
}

function readOrNull(path: string): string | null {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    // ESRCH: the process ended between opening the file and reading it.
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ESRCH") return null;
    throw error;
  }
}

import { readdirSync, readFileSync } from "node:fs";

/** A living process. A zombie, which has ended but was not waited for, is not one. */
export interface LivingProcess {
  pid: number;
  group: number;
  /** The `NAME=value` entries with which it was started. */
  environment: string[];
}

/** Every living process with an entry in its environment that begins with this text. */
export function processesWith(entry: string): LivingProcess[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .flatMap((pid) => readLivingProcess(pid) ?? [])
    .filter(({ environment }) => environment.some((each) => each.startsWith(entry)));
}

export function isAlive(pid: number): boolean {
  return readLivingProcess(pid) !== null;
}

/** The resident memory of a process in bytes; 0 when it has ended. */
export function residentBytes(pid: number): number {
  const status = readOrNull(`/proc/${pid}/status`) ?? "";
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1] ?? 0) * 1024;
}

/** True when a process has its own handler for Ctrl+C (SIGINT, the second bit of its mask). */
export function catchesInterrupts(pid: number): boolean {
  const mask = /^SigCgt:\s+([0-9a-f]+)$/m.exec(readOrNull(`/proc/${pid}/status`) ?? "")?.[1] ?? "0";
  return (BigInt(`0x${mask}`) & 2n) !== 0n;
}

/** Sends a signal to a process, or to a group for a negative pid. It is no error when it has ended already. */
export function signalIfThere(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}

function readLivingProcess(pid: number): LivingProcess | null {
  const stat = readOrNull(`/proc/${pid}/stat`);
  const environment = readOrNull(`/proc/${pid}/environ`);
  if (stat === null || environment === null) return null;
  const [state = "", , group = ""] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  if (state === "Z" || state === "X") return null;
  return { pid, group: Number(group), environment: environment.split("\0") };
}

function readOrNull(path: string): string | null {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ESRCH" || code === "EACCES") return null;
    throw error;
  }
}

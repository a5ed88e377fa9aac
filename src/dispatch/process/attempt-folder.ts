import {
  chmodSync,
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  rmdirSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { AgentStart } from "./agent-program.ts";

/** The files in an attempt's folder besides the agent's own, by their purpose. */
export const attemptFiles = {
  input: "input.json",
  stdout: "stdout.log",
  stderr: "stderr.log",
  /** The supervisor's pid, written before it starts the agent; then the agent's exit status. A line each. */
  status: "status",
  /** For a two-way agent only: what is fed to its stdin, the mark that no more comes, and what a shell needs. */
  twoWayInput: "in.jsonl",
  inputEnd: "in.end",
  fifo: "in.fifo",
  feeder: "tail",
} as const;

export interface LogFiles {
  stdout: number;
  stderr: number;
}

/** The log files are open for the agent to append and for us to read. */
export interface AttemptHandles extends LogFiles {
  stdin: number;
}

/**
 * Makes the folder, which must not exist, and its files; `input` is the text of stdin, `more` are further files by
 * their paths. Throws the system's errors.
 */
export function makeAttemptFolder(
  folder: string,
  input: string,
  more: NonNullable<AgentStart["files"]> = {},
): AttemptHandles {
  makeFolder(folder);
  const opened: number[] = [];
  const open = (name: string, flags: string): number => {
    const file = openSync(join(folder, name), flags, 0o600);
    opened.push(file);
    return file;
  };
  try {
    for (const [path, file] of Object.entries(more)) {
      const { content, isExecutable } =
        typeof file === "string" ? { content: file, isExecutable: false } : file;
      mkdirSync(dirname(join(folder, path)), { recursive: true, mode: 0o700 });
      writeFileSync(join(folder, path), content, { mode: isExecutable ? 0o700 : 0o600, flag: "wx" });
    }
    const stdin = open(attemptFiles.input, "wx+");
    writeWhole(stdin, Buffer.from(input));
    return { stdin, stdout: open(attemptFiles.stdout, "ax+"), stderr: open(attemptFiles.stderr, "ax+") };
  } catch (error) {
    for (const file of opened) closeSync(file);
    throw error;
  }
}

/** Written at a position, so that the agent, who shares the file's offset, reads from the start. */
function writeWhole(file: number, bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length;) at += writeSync(file, bytes, at, bytes.length - at, at);
}

/** The log files of an agent that an earlier engine started. Null when the folder or a file is missing. */
export function openAttemptLogs(folder: string): LogFiles | null {
  const stdout = openExisting(join(folder, attemptFiles.stdout));
  if (stdout === null) return null;
  try {
    const stderr = openExisting(join(folder, attemptFiles.stderr));
    if (stderr !== null) return { stdout, stderr };
  } catch (error) {
    closeSync(stdout);
    throw error;
  }
  closeSync(stdout);
  return null;
}

/**
 * Removes the folder, whatever the agent has put there, without blocking the loop: some disks take several ms. Files of
 * other users may stay; `doctor` reports them.
 */
export async function removeAttemptFolder(folder: string): Promise<void> {
  if (await tryRemove(folder)) return;
  openFolders(folder);
  await tryRemove(folder);
}

/** Makes the folder that of an attempt whose agent never began; the files that tell of its session stay. */
export async function forgetAgent(folder: string): Promise<void> {
  await rm(join(folder, attemptFiles.status), { force: true });
}

/** Removes a folder if it is empty; one that holds something, or is gone, is left alone. */
export function removeEmptyFolder(folder: string): void {
  // Most executions of simulated agents have no folder; checking is cheaper than being refused.
  if (!existsSync(folder)) return;
  try {
    rmdirSync(folder);
  } catch (error) {
    if (!["ENOENT", "ENOTEMPTY", "EEXIST"].some((code) => hasCode(error, code))) throw error;
  }
}

/**
 * The run's folder is made with its first attempt and removed with its last, so it may disappear between two steps
 * here.
 */
function makeFolder(folder: string): void {
  for (let tries = 3; ; tries--) {
    try {
      mkdirSync(folder, { mode: 0o700 });
      return;
    } catch (error) {
      if (!hasCode(error, "ENOENT") || tries === 0) throw error;
      const made = mkdirSync(dirname(folder), { recursive: true, mode: 0o700 });
      if (made === dirname(dirname(folder))) spread(made);
    }
  }
}

/**
 * Has the runs' folders lie apart on the disk. ext4 keeps the content of one folder together, and makes files ever more
 * slowly where many were removed in the minutes before: short attempts took twice as long. Only speed depends on it, so
 * a system without it goes on as it is.
 */
function spread(folder: string): void {
  const chattr = process.platform === "linux" ? Bun.which("chattr") : null;
  if (chattr) Bun.spawnSync([chattr, "+T", folder], { stdio: ["ignore", "ignore", "ignore"] });
}

function openExisting(file: string): number | null {
  try {
    // Giving back disk space counts as writing.
    return openSync(file, "r+");
  } catch (error) {
    if (hasCode(error, "ENOENT") || hasCode(error, "ENOTDIR")) return null;
    throw error;
  }
}

/** False when something in the folder could not be removed. */
async function tryRemove(folder: string): Promise<boolean> {
  try {
    await rm(folder, { recursive: true, force: true });
    return true;
  } catch (error) {
    if (hasCode(error, "EACCES") || hasCode(error, "EPERM") || hasCode(error, "ENOTEMPTY")) return false;
    throw error;
  }
}

/** Folders that were made read-only (a package cache, say) keep their files from being removed. */
function openFolders(top: string): void {
  const folders = [top];
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    try {
      chmodSync(folder, 0o700);
      for (const entry of readdirSync(folder, { withFileTypes: true })) {
        if (entry.isDirectory()) folders.push(join(folder, entry.name));
      }
    } catch (error) {
      if (!hasCode(error, "EACCES") && !hasCode(error, "EPERM") && !hasCode(error, "ENOENT")) throw error;
    }
  }
}

export function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && "code" in error && error.code === code;
}

import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { AppError } from "../errors.ts";
import { currentProcess, isProcessAlive, type ProcessIdentity } from "../store/holder-process.ts";

const patienceMs = 5_000;
const pollMs = 10;

/**
 * Runs `work` while no other skillmeat process changes files of the home's collections: if two processes edited a
 * manifest at the same time, one would overwrite the other's entry. Throws `AppError("unavailable")` when another
 * process holds the lock for five seconds.
 */
export async function lockingFiles<T>(home: string, work: () => T): Promise<T> {
  mkdirSync(home, { recursive: true, mode: 0o700 });
  const file = lockOf(home);
  const mine = ownLock(file);
  try {
    const deadline = performance.now() + patienceMs;
    while (!tryLock(mine, file)) {
      if (performance.now() > deadline) {
        throw new AppError(
          "unavailable",
          `another skillmeat process is changing files. if none is, remove ${file}`,
        );
      }
      await Bun.sleep(pollMs);
    }
  } finally {
    rmSync(mine, { force: true });
  }
  return whileTaken(file, work);
}

/** Does the work and returns true, unless another process holds the lock. */
export function tryLockingFiles(home: string, work: () => void): boolean {
  const file = lockOf(home);
  const mine = ownLock(file);
  try {
    // The first try removes the lock of a process that has died.
    if (!tryLock(mine, file) && !tryLock(mine, file)) return false;
  } finally {
    rmSync(mine, { force: true });
  }
  whileTaken(file, work);
  return true;
}

function lockOf(home: string): string {
  return join(home, ".files.lock");
}

function ownLock(file: string): string {
  const mine = `${file}.${Bun.randomUUIDv7()}`;
  writeFileSync(mine, JSON.stringify(currentProcess()), { mode: 0o600 });
  return mine;
}

function whileTaken<T>(file: string, work: () => T): T {
  try {
    return work();
  } finally {
    rmSync(file, { force: true });
  }
}

/** A symbolic link appears together with its content, so nobody can read a lock that does not name its holder yet. */
function tryLock(mine: string, file: string): boolean {
  try {
    linkSync(mine, file);
    return true;
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "EEXIST")) throw error;
    if (isLeftBehind(file)) rmSync(file, { force: true });
    return false;
  }
}

function isLeftBehind(file: string): boolean {
  try {
    return !isProcessAlive(JSON.parse(readFileSync(file, "utf8")) as ProcessIdentity);
  } catch (error) {
    // The lock was released after the check and before it was read.
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return false;
    if (error instanceof SyntaxError) return true;
    throw error;
  }
}

import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import type { KeptApart, RunOptions } from "../execution/record.ts";
import type { ValueObject } from "../expression/value.ts";
import type { ExecutionSnapshot } from "../execution/snapshot.ts";

/**
 * What an execution needs to run but the database must not hold, because its log and backups would keep it: one file
 * for each live execution, `<home>/secrets/<run_id>`.
 */
export interface KeptSecrets {
  /** The parameters that are masked in the record. */
  parameters: ValueObject;
  /** Null: nothing in them is masked. */
  options: RunOptions | null;
  /** Null: nothing in it is masked. */
  snapshot: Omit<ExecutionSnapshot, "hash"> | null;
  /** Every secret that is to be masked, those that agents have named as well. */
  masks: string[];
}

/** How old a file must be, in milliseconds, to count as left behind: its execution may be about to be stored. */
const aboutToBeStoredMs = 60_000;

/** Returns when it is on disk. Throws the system's errors. */
export function keepSecrets(folder: string, runId: string, secrets: KeptSecrets): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const file = join(folder, runId);
  const draft = `${file}.new`;
  const handle = openSync(draft, "w", 0o600);
  try {
    writeFileSync(handle, JSON.stringify(secrets));
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
  renameSync(draft, file);
  syncFolder(folder);
}

/** Null when there are none, or when their file is damaged: what cannot be read is lost. */
export function readSecrets(folder: string, runId: string): KeptSecrets | null {
  const file = join(folder, runId);
  if (!existsSync(file)) return null;
  try {
    return JSON.parse(readFileSync(file, "utf8")) as KeptSecrets;
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

/** True when everything is there that the record says is kept apart of it. */
export function isComplete(kept: KeptSecrets | null, apart: KeptApart): boolean {
  // When the file was lost, a secret that an agent names makes a new file, which holds nothing else.
  return (
    kept !== null &&
    apart.parameters.every((name) => Object.hasOwn(kept.parameters, name)) &&
    (kept.options !== null || !apart.options) &&
    (kept.snapshot !== null || !apart.definition)
  );
}

/** Stores the secrets that agents have named, so that a later engine masks them, too. */
export function keepMasks(folder: string, runId: string, masks: ReadonlySet<string>): void {
  const kept = readSecrets(folder, runId) ?? { parameters: {}, options: null, snapshot: null };
  keepSecrets(folder, runId, { ...kept, masks: [...masks] });
}

export function forgetSecrets(folder: string, runId: string): void {
  rmSync(join(folder, runId), { force: true });
}

/** Removes the files of executions that do not live. */
export function sweepSecrets(folder: string, lives: (runId: string) => boolean): void {
  if (!existsSync(folder)) return;
  for (const name of readdirSync(folder)) {
    const file = join(folder, name);
    if (lives(name)) continue;
    const ageMs = Date.now() - statSync(file).mtimeMs;
    if (ageMs > aboutToBeStoredMs) rmSync(file, { force: true });
  }
}

function syncFolder(folder: string): void {
  const handle = openSync(folder, "r");
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

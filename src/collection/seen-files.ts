import fs from "node:fs";
import { basename, dirname } from "node:path";

/**
 * The reading half of `node:fs`, which remembers what was looked at: whatever follows from files alone can be kept
 * until one of them is not as it was. What composing a run reads is read through this.
 */

/** What was found out about a path; only what was asked for is there. */
export interface Look {
  path: string;
  /** Whether something is there, links followed. */
  isThere?: boolean;
  /** What is there, links not followed. */
  kind?: Kind;
  /** Tells one state of a file, or of a folder's names, from another; null: it was changed too recently for that. */
  mark?: string | null;
  /** Without links; null where it cannot be told. */
  real?: string | null;
}

type Kind = "file" | "folder" | "link" | "other" | "nothing";

/** All that was looked at for one thing. */
export interface Looks {
  /** Does something that waits for nothing, and adds what it looks at. */
  record<Value>(work: () => Value): Value;
  /** Adds what was recorded elsewhere. */
  add(looks: readonly Look[]): void;
  list(): Look[];
  /** Looks again: true when everything is as it was. */
  areSame(): boolean;
}

export function createLooks(): Looks {
  const seen: LooksByPath = new Map();
  return {
    record(work) {
      const outer = current;
      current = seen;
      try {
        return work();
      } finally {
        current = outer;
      }
    },
    add(looks) {
      for (const look of looks) Object.assign(lookAt(seen, look.path), look);
    },
    list: () => [...seen.values()],
    areSame: () => [...seen.values()].every(isSame),
  };
}

type LooksByPath = Map<string, Look>;

/** Where to what is looked at just now belongs. Recorded work is synchronous, so that there is one at a time. */
let current: LooksByPath | null = null;

export const existsSync = noteReads(noteThere, fs.existsSync);
export const statSync = noteReads(noteState, fs.statSync);
export const lstatSync = noteReads(noteKind, fs.lstatSync);
export const readFileSync = noteReads(noteState, fs.readFileSync);
export const openSync = noteReads(noteState, fs.openSync);
export const readdirSync = noteReads(noteState, fs.readdirSync);
export const realpathSync = noteReads(noteReal, fs.realpathSync);

/** For a file that is read by something that cannot know of this. */
export function noteFile(path: string): void {
  if (current) noteState(current, path);
}

function noteReads<Read extends (path: string, ...options: never[]) => unknown>(
  note: (seen: LooksByPath, path: string) => void,
  read: Read,
): Read {
  const noteAndRead = (path: string, ...options: unknown[]): unknown => {
    // Before it is read: a change in between is then seen as one.
    if (current) note(current, path);
    return Reflect.apply(read, fs, [path, ...options]);
  };
  // It takes and gives what `read` does, overloads and all.
  return noteAndRead as unknown as Read;
}

function noteThere(seen: LooksByPath, path: string): void {
  lookAt(seen, path).isThere ??= fs.existsSync(path);
}

function noteState(seen: LooksByPath, path: string): void {
  const look = lookAt(seen, path);
  if (look.mark === undefined) look.mark = markOf(path);
}

function noteKind(seen: LooksByPath, path: string): void {
  lookAt(seen, path).kind ??= kindOf(path);
}

/** What lies in a folder whose real path is known, and is no link, needs no more than to stay none. */
function noteReal(seen: LooksByPath, path: string): void {
  const look = lookAt(seen, path);
  if (look.real !== undefined) return;
  const folder = seen.get(dirname(path))?.real;
  const real = realOf(path);
  const isPlain = typeof folder === "string" && real === `${folder}/${basename(path)}`;
  if (isPlain) look.kind ??= kindOf(path);
  else look.real = real;
}

function lookAt(seen: LooksByPath, path: string): Look {
  const known = seen.get(path);
  if (known) return known;
  const look: Look = { path };
  seen.set(path, look);
  return look;
}

function isSame({ path, isThere, kind, mark, real }: Look): boolean {
  return (
    (isThere === undefined || isThere === fs.existsSync(path)) &&
    (kind === undefined || kind === kindOf(path)) &&
    (mark === undefined || (mark !== null && mark === markOf(path))) &&
    (real === undefined || real === realOf(path))
  );
}

function kindOf(path: string): Kind {
  const facts = factsOf(() => fs.lstatSync(path, { throwIfNoEntry: false }));
  if (typeof facts === "string" || !facts) return "nothing";
  if (facts.isSymbolicLink()) return "link";
  if (facts.isDirectory()) return "folder";
  return facts.isFile() ? "file" : "other";
}

/** How long after a change another one may leave no trace in the times of a file, milliseconds. */
const blurMs = 100;

function markOf(path: string): string | null {
  const facts = factsOf(() => fs.statSync(path, { throwIfNoEntry: false }));
  if (typeof facts === "string" || !facts) return facts ?? "nothing";
  const { dev, ino, mode, size, mtimeMs, ctimeMs } = facts;
  if (Math.abs(Date.now() - ctimeMs) < blurMs) return null;
  return `${dev}.${ino}.${mode}.${size}.${mtimeMs}.${ctimeMs}`;
}

function realOf(path: string): string | null {
  try {
    return fs.realpathSync(path);
  } catch {
    return null;
  }
}

/** The code of the error where one keeps it from being looked at. */
function factsOf(look: () => fs.Stats | undefined): fs.Stats | string | undefined {
  try {
    return look();
  } catch (error) {
    if (error instanceof Error && "code" in error) return String(error.code);
    throw error;
  }
}

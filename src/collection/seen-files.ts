import fs from "node:fs";
import { basename, dirname } from "node:path";

/**
 * The functions of `node:fs` that read, which also record what they have looked at. A result that follows from files
 * alone can be kept until one of these files changes. Composing a run reads all its files through this.
 */

/** What is known of a path; a field is present only if it was asked for. */
export interface Look {
  path: string;
  /** Whether the path exists, when links are followed. */
  isThere?: boolean;
  /** The kind of entry, when links are not followed. */
  kind?: Kind;
  /** Differs when a file, or a folder's list of names, has changed; null when it changed too recently to tell. */
  mark?: string | null;
  /** The path with all links resolved; null when they cannot be resolved. */
  real?: string | null;
}

type Kind = "file" | "folder" | "link" | "other" | "nothing";

/** Everything that was looked at for one result. */
export interface Looks {
  /** Runs synchronous work and adds everything that it looks at. */
  record<Value>(work: () => Value): Value;
  /** Adds what other looks have recorded. */
  add(looks: readonly Look[]): void;
  list(): Look[];
  /** Looks at everything again. True when nothing has changed. */
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

/** The record to which looks are added at present. Recorded work is synchronous, so there is at most one. */
let current: LooksByPath | null = null;

export const existsSync = noteReads(noteThere, fs.existsSync);
export const statSync = noteReads(noteState, fs.statSync);
export const lstatSync = noteReads(noteKind, fs.lstatSync);
export const readFileSync = noteReads(noteState, fs.readFileSync);
export const openSync = noteReads(noteState, fs.openSync);
export const readdirSync = noteReads(noteState, fs.readdirSync);
export const realpathSync = noteReads(noteReal, fs.realpathSync);

/** Records a file that is read by code that does not use these functions. */
export function noteFile(path: string): void {
  if (current) noteState(current, path);
}

function noteReads<Read extends (path: string, ...options: never[]) => unknown>(
  note: (seen: LooksByPath, path: string) => void,
  read: Read,
): Read {
  const noteAndRead = (path: string, ...options: unknown[]): unknown => {
    // The file is recorded before it is read, so that a change in between counts as a change.
    if (current) note(current, path);
    return Reflect.apply(read, fs, [path, ...options]);
  };
  // It has all the overloads of `read`.
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

/**
 * An entry that is no link, in a folder whose real path is known, is unchanged as long as it does not become a link.
 */
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

/** A second change within this many milliseconds may leave a file's times as they are. */
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

/** The code of the error, when the path cannot be looked at. */
function factsOf(look: () => fs.Stats | undefined): fs.Stats | string | undefined {
  try {
    return look();
  } catch (error) {
    if (error instanceof Error && "code" in error) return String(error.code);
    throw error;
  }
}

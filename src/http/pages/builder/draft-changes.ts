/**
 * One change of a draft's text, as what takes it back: at `at`, `inserted` characters stand where `removed` stood.
 * Offsets and lengths are UTF-16.
 */
export interface Change {
  /** The revision of the text that the change has made. */
  revision: number;
  /** What it did, for the button that takes it back. */
  label: string;
  kind: "edit" | "undo" | "redo";
  at: number;
  removed: string;
  inserted: number;
  /** True: it is undone together with the change before; both are of one field, shortly after each other. */
  joins: boolean;
}

/** Changes that are taken back or made again together. */
export interface ChangeGroup {
  label: string;
  /** The revision of the text before. */
  before: number;
  /** The revision of the text after. */
  after: number;
}

const mostChanges = 200;
const mostCharacters = 512 * 1024;

/** Where two texts differ: what lies between their common beginning and their common end. */
export function changeBetween(before: string, after: string): Pick<Change, "at" | "removed" | "inserted"> {
  const shorter = Math.min(before.length, after.length);
  let at = 0;
  while (at < shorter && before[at] === after[at]) at++;
  let end = 0;
  while (end < shorter - at && before[before.length - 1 - end] === after[after.length - 1 - end]) end++;
  return { at, removed: before.slice(at, before.length - end), inserted: after.length - end - at };
}

/**
 * A text that two have changed at the same time, with both changes in it; null when they touch the same place, so that
 * it is unclear what is meant.
 */
export function mergedText(base: string, mine: string, theirs: string): string | null {
  if (base === theirs || mine === theirs) return mine;
  if (base === mine) return theirs;
  const own = changeBetween(base, mine);
  const other = changeBetween(base, theirs);
  const ends = (change: typeof own): number => change.at + change.removed.length;
  if (ends(own) < other.at) return joinTexts(base, mine, theirs, other.at);
  return ends(other) < own.at ? joinTexts(base, theirs, mine, own.at) : null;
}

/** One text up to a place of the base, the other from there on. */
function joinTexts(base: string, before: string, after: string, at: number): string {
  return before.slice(0, before.length - (base.length - at)) + after.slice(at);
}

/** The text as it was at a revision; null when that is too long ago. */
export function textAt(
  text: string,
  changes: readonly Change[],
  current: number,
  revision: number,
): string | null {
  if (revision === current) return text;
  const later = changes.filter((change) => change.revision > revision);
  if (revision > current || later[0]?.revision !== revision + 1) return null;
  return later.reduceRight(
    (now, { at, removed, inserted }) => now.slice(0, at) + removed + now.slice(at + inserted),
    text,
  );
}

/** The next change to undo and the next to redo; null when there is none. */
export function nextSteps(changes: readonly Change[]): {
  undo: ChangeGroup | null;
  redo: ChangeGroup | null;
} {
  const done: ChangeGroup[] = [];
  const undone: ChangeGroup[] = [];
  for (const { kind, revision, label, joins } of changes) {
    if (kind === "edit") {
      const last = done.at(-1);
      if (joins && last?.after === revision - 1) done[done.length - 1] = { ...last, after: revision };
      else done.push({ label, before: revision - 1, after: revision });
      undone.length = 0;
      continue;
    }
    const [from, to] = kind === "undo" ? [done, undone] : [undone, done];
    const group = from.pop();
    if (group) to.push(group);
  }
  return { undo: done.at(-1) ?? null, redo: undone.at(-1) ?? null };
}

/** The changes that are stored: the last ones, up to a limited amount of text. */
export function boundedChanges(changes: readonly Change[]): Change[] {
  let characters = 0;
  const kept: Change[] = [];
  for (const change of changes.slice(-mostChanges).toReversed()) {
    characters += change.removed.length;
    if (characters > mostCharacters) break;
    kept.push(change);
  }
  return kept.toReversed();
}

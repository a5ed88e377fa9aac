import { findUnseen, showUnseen, withPlainCharacters, type UnseenCharacter } from "../expression/unseen.ts";
import type { Problem, Report } from "./report.ts";
import { sourceOffset } from "./scalar-offset.ts";
import type { Checking } from "./checking.ts";
import type { Path, SourceMapping, SourceNode, Spot } from "./source-node.ts";
import type { TextLines } from "./text-lines.ts";

/**
 * Reports an invisible character in a value and returns the value that was probably meant. Null when there is none. It
 * is used only for values that are wrong already, because such characters are right in prose.
 */
export function unseenIn({ text, report }: Checking, node: SourceNode, path: Path): string | null {
  if (node.kind !== "scalar" || typeof node.value !== "string") return null;
  const unseen = findUnseen(node.value);
  if (!unseen) return null;
  const start = sourceOffset(text, node, unseen.offset);
  const at: Spot = { start, end: node.end, origin: node.origin };
  const meant = withoutQuotes(withPlainCharacters(node.value));
  tell(report, unseen, { path, at, inside: node.value, meant });
  return meant;
}

/** Reports such a character in an unknown key. False when there is none. */
export function unseenInKey(report: Report, key: string, path: Path, at: Spot): boolean {
  const unseen = findUnseen(key);
  if (unseen) tell(report, unseen, { path, at, inside: key, meant: withPlainCharacters(key) });
  return unseen !== null;
}

/**
 * Reports such characters in the keys of a map that was meant to be something else, for example a list with wrong
 * dashes.
 */
export function unseenInKeys({ report }: Checking, node: SourceNode, path: Path): boolean {
  if (node.kind !== "map") return false;
  return [...node.entries].some(([key, entry]) =>
    unseenInKey(report, key, path, { ...entry.key, origin: entry.value.origin }),
  );
}

/** Renames a key with such a character to the key that was meant, if there is one and the map does not have it. */
export function plainKeys(
  { text, report }: Checking,
  map: SourceMapping,
  path: Path,
  isKnown: (name: string) => boolean,
): void {
  for (const [key, entry] of map.entries) {
    const unseen = findUnseen(key);
    const name = withPlainCharacters(key);
    if (!unseen || !isKnown(name)) continue;
    const quote = /^["']/.test(text.slice(entry.key.start, entry.key.start + 1)) ? 1 : 0;
    const start = entry.key.start + quote + unseen.offset;
    const at: Spot = { start, end: entry.key.end, origin: entry.value.origin };
    tell(report, unseen, { path: [...path, name], at, inside: key, meant: name });
    map.entries.delete(key);
    if (!map.entries.has(name)) map.entries.set(name, entry);
  }
}

/**
 * Reports such characters in, or right before, the lines in which YAML has found an error. False when there are none.
 * Those in quotes and comments are harmless.
 */
export function unseenAround(
  text: string,
  lines: TextLines,
  offsets: readonly number[],
  report: Report,
): boolean {
  const told = new Set<number>();
  for (const offset of offsets) {
    const { line } = lines.place(offset);
    for (const each of [line, line - 1]) {
      const { start, end } = lines.range(Math.max(1, each));
      const bare = text
        .slice(start, end)
        .replace(/"(?:[^"\\]|\\.)*"|'[^']*'|(?<=^|[ \t])#.*$/g, (part) => " ".repeat(part.length));
      const unseen = findUnseen(bare);
      if (!unseen) continue;
      const at: Spot = { start: start + unseen.offset, end, origin: null };
      const inside = bare.replace(/^[ \t]+|[ \t]+$/g, "").slice(0, 60);
      if (!told.has(at.start)) tell(report, unseen, { path: [], at, inside, meant: null });
      told.add(at.start);
      break;
    }
  }
  return told.size > 0;
}

interface UnseenReport extends Pick<Problem, "path" | "at"> {
  inside: string;
  /** Null when it is unknown. */
  meant: string | null;
}

function tell(
  report: Report,
  { name, plain }: UnseenCharacter,
  { path, at, inside, meant }: UnseenReport,
): void {
  const shown = showUnseen(inside.length > 60 ? `${inside.slice(0, 57)}…` : inside);
  report.error("schema", {
    code: "unseen_character",
    message: `"${shown}" holds ${name}`,
    path,
    at,
    hint: meant === null || meant === "" ? wayOut(plain) : `write ${JSON.stringify(meant)}`,
  });
}

function wayOut(plain: string): string {
  if (plain === "") return "take it out";
  return plain === " " ? "write a plain space" : `write ${plain === '"' ? "plain quotes" : `"${plain}"`}`;
}

function withoutQuotes(text: string): string {
  return text.replace(/^(["'])(.*)\1$/s, "$2").trim();
}

import { AppError } from "../errors.ts";

/** The five keys that SkillMeat's loader requires of every `[[artifacts]]` entry. Times are naive UTC. */
export interface ManifestEntry {
  name: string;
  type: string;
  /** Relative to the manifest's folder. */
  path: string;
  origin: "local" | "github" | "marketplace";
  added: string;
}

type Table = Record<string, unknown>;

/**
 * The entries of a `collection.toml` with all their keys. Throws `AppError("unavailable")` for a text that is not TOML.
 */
export function readManifest(text: string, file: string): Table[] {
  const entries = parse(text, file)["artifacts"];
  return Array.isArray(entries) ? entries.filter((entry) => typeof entry === "object" && entry !== null) : [];
}

/** The manifest of a new collection. */
export function newManifest(name: string, now: Date): string {
  const time = naiveTime(now);
  return `[collection]\nname = ${quote(name)}\nversion = "1.0.0"\ncreated = "${time}"\nupdated = "${time}"\n`;
}

/** The text with one more entry. Apart from the entry, only `collection.updated` changes. */
export function addEntry(text: string, file: string, entry: ManifestEntry, now: Date): string {
  const before = readManifest(text, file);
  const touched = touch(text, now);
  const lines = Object.entries(entry).map(([key, value]) => `${key} = ${quote(String(value))}`);
  const inline = inlineArray(touched);
  const added =
    inline === null
      ? insertBlock(touched, `[[artifacts]]\n${lines.join("\n")}\n`)
      : before.length === 0
        ? insertBlock(
            touched.slice(0, inline.start) + touched.slice(inline.end),
            `[[artifacts]]\n${lines.join("\n")}\n`,
          )
        : insertInline(touched, inline.end, `{ ${lines.join(", ")} }`);
  return checkSplice(added, file, [...before, { ...entry }]);
}

/** The text without the entry of that name and type and its sub-tables. Unchanged when there is no such entry. */
export function removeEntry(text: string, file: string, name: string, type: string, now: Date): string {
  const before = readManifest(text, file);
  const at = before.findIndex((entry) => entry["name"] === name && entry["type"] === type);
  if (at < 0) return text;
  const block = blocks(text)[at];
  if (!block) throw unsafeChangeError(file, `remove the entry "${name}"`);
  const removed = text.slice(0, block.start) + text.slice(block.end);
  return checkSplice(
    touch(removed, now),
    file,
    before.filter((_, index) => index !== at),
  );
}

/** The text with another name and path for an entry, whose other keys stay. Unchanged when there is no such entry. */
export function renameEntry(
  text: string,
  file: string,
  entry: { name: string; type: string },
  renamed: { name: string; path: string },
  now: Date,
): string {
  const before = readManifest(text, file);
  const at = before.findIndex((each) => each["name"] === entry.name && each["type"] === entry.type);
  if (at < 0) return text;
  const block = blocks(text)[at];
  if (!block) throw unsafeChangeError(file, `rename the entry "${entry.name}"`);
  const whole = text.slice(block.start, block.end);
  const own = whole.slice(0, /\n[ \t]*\[(?!\[\s*artifacts\s*\]\])/.exec(whole)?.index ?? whole.length);
  const made = withValue(withValue(own, "name", renamed.name), "path", renamed.path);
  const spliced = text.slice(0, block.start) + made + text.slice(block.start + own.length);
  const after = before.map((each, index) => (index === at ? { ...each, ...renamed } : each));
  return checkSplice(touch(spliced, now), file, after);
}

function withValue(block: string, key: string, value: string): string {
  return block.replace(
    new RegExp(`^([ \\t]*${key}[ \\t]*=[ \\t]*)("(?:[^"\\\\\\n]|\\\\.)*"|'[^'\\n]*')`, "m"),
    (_, head: string) => head + quote(value),
  );
}

/** `2026-11-22T19:19:02.217000`: SkillMeat compares times without a zone and fails on a time that has one. */
export function naiveTime(time: Date): string {
  return `${time.toISOString().slice(0, -1)}000`;
}

function touch(text: string, now: Date): string {
  const header = /^[ \t]*\[collection\][ \t]*(#.*)?$/m.exec(text);
  if (!header) return text;
  const start = header.index + header[0].length;
  const rest = text.slice(start);
  const end = /^[ \t]*\[/m.exec(rest)?.index ?? rest.length;
  const section = rest
    .slice(0, end)
    .replace(/^([ \t]*updated[ \t]*=[ \t]*)(["'])[^"'\n]*\2/m, `$1$2${naiveTime(now)}$2`);
  return text.slice(0, start) + section + rest.slice(end);
}

/**
 * A new entry goes after the last one, else to the end of the text: tables that follow an entry would become part of
 * it.
 */
function insertBlock(text: string, block: string): string {
  const end = blocks(text).at(-1)?.end ?? text.length;
  const head = text.slice(0, end).trimEnd();
  const tail = text.slice(end).replace(/^\n+/, "");
  return `${head === "" ? "" : `${head}\n\n`}${block}${tail === "" ? "" : `\n${tail}`}`;
}

/** Where each `[[artifacts]]` entry begins and ends, with the sub-tables that belong to it. */
function blocks(text: string): { start: number; end: number }[] {
  const found: { start: number; end: number }[] = [];
  let open: { start: number; end: number } | null = null;
  for (const { header, start } of headers(text)) {
    if (/^\[\[\s*artifacts\s*\]\]/.test(header)) {
      if (open) open.end = start;
      open = { start, end: text.length };
      found.push(open);
    } else if (open && !/^\[\[?\s*artifacts\s*\./.test(header)) {
      open.end = start;
      open = null;
    }
  }
  return found;
}

function* headers(text: string): Generator<{ header: string; start: number }> {
  let start = 0;
  let quotes: string | null = null;
  for (const line of text.split("\n")) {
    if (quotes === null && /^\s*\[/.test(line)) yield { header: line.trim(), start };
    for (const mark of line.match(/"""|'''/g) ?? []) {
      if (quotes === null) quotes = mark;
      else if (quotes === mark) quotes = null;
    }
    start += line.length + 1;
  }
}

/** `artifacts = […]` at the top: SkillMeat writes an empty list like this, and people may write a full one. */
function inlineArray(text: string): { start: number; end: number } | null {
  const key = /^artifacts[ \t]*=[ \t]*\[/m.exec(text);
  if (!key) return null;
  let depth = 0;
  for (let at = key.index + key[0].length - 1; at < text.length; at++) {
    const skipped = stringEnd(text, at);
    if (skipped > at) {
      at = skipped;
      continue;
    }
    if (text[at] === "[") depth++;
    if (text[at] === "]" && --depth === 0) {
      const lineEnd = text.indexOf("\n", at);
      return { start: key.index, end: lineEnd < 0 ? text.length : lineEnd + 1 };
    }
  }
  return null;
}

/** The position of the closing quote when a one-line string begins here, else the given position. */
function stringEnd(text: string, at: number): number {
  const quoteMark = text[at];
  if (quoteMark !== '"' && quoteMark !== "'") return at;
  for (let end = at + 1; end < text.length; end++) {
    if (text[end] === "\\" && quoteMark === '"') end++;
    else if (text[end] === quoteMark) return end;
  }
  return text.length;
}

function insertInline(text: string, arrayEnd: number, entry: string): string {
  const close = text.lastIndexOf("]", arrayEnd - 1);
  const head = text.slice(0, close).trimEnd();
  const comma = head.endsWith(",") || head.endsWith("[") ? "" : ",";
  return `${head}${comma}\n    ${entry},\n${text.slice(close)}`;
}

/** Checks that a splice changed only its entry: one bad entry makes the whole collection unreadable for SkillMeat. */
function checkSplice(text: string, file: string, expected: readonly Table[]): string {
  if (!Bun.deepEquals(readManifest(text, file), expected)) throw unsafeChangeError(file, "edit it");
  return text;
}

function unsafeChangeError(file: string, what: string): AppError {
  return new AppError(
    "conflict",
    `${file} is written in a way that skillmeat cannot ${what} without changing more`,
  );
}

function parse(text: string, file: string): Table {
  try {
    return Bun.TOML.parse(text) as Table;
  } catch (error) {
    throw new AppError(
      "unavailable",
      `${file} is not TOML: ${error instanceof Error ? error.message : error}`,
    );
  }
}

/** TOML's basic strings use the escapes of JSON; TOML also requires one for the delete character. */
function quote(text: string): string {
  return JSON.stringify(text).replaceAll("\u007f", "\\u007f");
}

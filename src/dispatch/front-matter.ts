import { parse } from "yaml";
import { AppError } from "../errors.ts";

/** A Markdown file with YAML on top, between lines of `---`. */
export interface FrontMatter {
  /** Own keys as the file has them; no prototype. */
  fields: Record<string, unknown>;
  /** The line of each key, counted from 1. */
  lines: ReadonlyMap<string, number>;
  body: string;
}

const longestHead = 64 * 1024;

/**
 * Splits a file. A head that is not valid YAML as a whole, such as `description: use when: asked`, is read key by key.
 * `mayBeIndented`: blank lines may stand before the head, and all of its lines may be indented. Throws
 * `AppError("invalid_definition")` with the place for a head that has no end.
 */
export function readFrontMatter(
  text: string,
  file: string,
  { mayBeIndented = false }: { mayBeIndented?: boolean } = {},
): FrontMatter {
  const source = text.startsWith("\uFEFF") ? text.slice(1) : text;
  const form = mayBeIndented ? /^(?:[ \t]*\r?\n)*([ \t]*)---[ \t]*\r?\n/ : /^()---[ \t]*\r?\n/;
  const [opening, indent = ""] = form.exec(source) ?? [];
  if (opening === undefined) return { fields: Object.create(null), lines: new Map(), body: source };
  const rest = source.slice(opening.length, opening.length + longestHead);
  const closing = (indent === "" ? /^(-{3,}|\.\.\.)[ \t]*(\r?\n|$)/m : /^[ \t]*-{3,}[ \t]*(\r?\n|$)/m).exec(
    rest,
  );
  if (!closing) {
    throw new AppError(
      "invalid_definition",
      `${file}:1: the front matter has no end. close it with a line "---", within 64 KiB`,
    );
  }
  const written = rest.slice(0, closing.index);
  const head = indent === "" ? written : written.replace(new RegExp(`^${indent}`, "gm"), "");
  const entries = entriesOf(head, opening.split("\n").length);
  const lines = new Map(entries.map(({ key, line }) => [key, line]));
  const body = source.slice(opening.length + closing.index + closing[0].length);
  return { fields: wholeYaml(head) ?? fieldByField(entries), lines, body };
}

interface Entry {
  key: string;
  line: number;
  /** From the key to the next one. */
  source: string;
}

/** `firstLine`: of the head in the file, from 1. */
function entriesOf(head: string, firstLine: number): Entry[] {
  const entries: Entry[] = [];
  for (const [at, text] of head.split(/\r?\n/).entries()) {
    const key = /^(?:"([^"]+)"|'([^']+)'|([^\s#:'"-][^:]*?))[ \t]*:(?=[ \t]|$)/.exec(text);
    const name = key?.[1] ?? key?.[2] ?? key?.[3];
    const last = entries.at(-1);
    if (name !== undefined) entries.push({ key: name, line: at + firstLine, source: text });
    else if (last) last.source += `\n${text}`;
  }
  return entries;
}

function wholeYaml(head: string): Record<string, unknown> | null {
  const value = yamlOrNull(head);
  if (value?.parsed === null || value?.parsed === undefined) return value ? Object.create(null) : null;
  if (typeof value.parsed !== "object" || Array.isArray(value.parsed)) return null;
  return Object.assign(Object.create(null), value.parsed);
}

function fieldByField(entries: readonly Entry[]): Record<string, unknown> {
  const fields: Record<string, unknown> = Object.create(null);
  for (const { key, source } of entries) {
    const alone = wholeYaml(source);
    fields[key] = alone && Object.hasOwn(alone, key) ? alone[key] : plainText(source);
  }
  return fields;
}

/** The text after the colon, as it is; further lines are joined to it. */
function plainText(source: string): string {
  const value = source.slice(source.indexOf(":") + 1);
  const text = value.replace(/\s*\n\s*/g, " ").trim();
  return /^"(.*)"$|^'(.*)'$/s.test(text) ? text.slice(1, -1) : text;
}

/** Null for a text that is not YAML, or whose nesting is too deep. */
function yamlOrNull(source: string): { parsed: unknown } | null {
  try {
    return { parsed: parse(source, { maxAliasCount: 100, logLevel: "error" }) };
  } catch {
    return null;
  }
}

import type { DiffLine } from "../workflows/diff.ts";

/** What has become of one file. */
export interface FileChange {
  path: string;
  /** Its earlier path, if it was moved or copied. */
  earlierPath: string | null;
  kind: "added" | "removed" | "changed" | "moved";
  isBinary: boolean;
  added: number;
  removed: number;
  /** Empty where only a mode, a name or a binary file has changed, and where the page would become too long. */
  lines: DiffLine[];
  /** How many more lines there are. */
  more: number;
}

export interface DiffLimits {
  mostFiles: number;
  /** Of each file. */
  mostLines: number;
  /** Of all files together. */
  mostLinesInAll: number;
}

export interface FileChanges {
  files: FileChange[];
  /** How many files are not among them. */
  moreFiles: number;
  /** Of all files that the diff names. */
  added: number;
  removed: number;
}

/** A unified diff of git, by files. */
export function readUnifiedDiff(text: string, limits: DiffLimits): FileChanges {
  const changes: FileChanges = { files: [], moreFiles: 0, added: 0, removed: 0 };
  let left = limits.mostLinesInAll;
  for (const part of partsOf(text)) {
    const file = readFile(part, Math.min(limits.mostLines, Math.max(0, left)));
    changes.added += file.added;
    changes.removed += file.removed;
    if (changes.files.length >= limits.mostFiles) {
      changes.moreFiles++;
      continue;
    }
    left -= file.lines.length;
    changes.files.push(file);
  }
  return changes;
}

const beginning = "diff --git ";

/** The lines of each file; no line of a file's content begins like the first of them. */
function partsOf(text: string): string[][] {
  const parts: string[][] = [];
  for (const line of text.replace(/\n$/, "").split("\n")) {
    if (line.startsWith(beginning)) parts.push([line]);
    else parts.at(-1)?.push(line);
  }
  return parts;
}

function readFile([first = "", ...rest]: string[], mostLines: number): FileChange {
  const start = rest.findIndex((line) => line.startsWith("@@ "));
  const head = start === -1 ? rest : rest.slice(0, start);
  const after = (words: string): string | null => {
    const line = head.find((each) => each.startsWith(words));
    return line === undefined ? null : unquoted(line.slice(words.length));
  };
  const earlierPath = after("rename from ") ?? after("copy from ");
  const file: FileChange = {
    path: after("rename to ") ?? after("copy to ") ?? pathOf(first.slice(beginning.length)),
    earlierPath,
    kind: kindOf(head, earlierPath),
    isBinary: head.some((line) => line.startsWith("Binary files ")),
    added: 0,
    removed: 0,
    lines: [],
    more: 0,
  };
  if (start !== -1) readHunks(file, rest.slice(start), mostLines);
  return file;
}

function kindOf(head: readonly string[], earlierPath: string | null): FileChange["kind"] {
  if (earlierPath !== null) return "moved";
  if (head.some((line) => line.startsWith("new file mode "))) return "added";
  return head.some((line) => line.startsWith("deleted file mode ")) ? "removed" : "changed";
}

function readHunks(file: FileChange, lines: readonly string[], mostLines: number): void {
  let [from, to] = [0, 0];
  const put = (line: DiffLine): void => {
    if (file.lines.length < mostLines) file.lines.push(line);
    else file.more++;
  };
  for (const line of lines) {
    const text = line.slice(1);
    const [, old, now] = /^@@ -(\d+)\S* \+(\d+)\S* @@/.exec(line) ?? [];
    if (old !== undefined && now !== undefined) {
      [from, to] = [Number(old), Number(now)];
      put({ kind: "gap", text: line, from: null, to: null });
    } else if (line.startsWith("+")) {
      file.added++;
      put({ kind: "added", text, from: null, to: to++ });
    } else if (line.startsWith("-")) {
      file.removed++;
      put({ kind: "removed", text, from: from++, to: null });
    } else if (line.startsWith("\\")) put({ kind: "gap", text: text.trim(), from: null, to: null });
    else put({ kind: "same", text, from: from++, to: to++ });
  }
}

/** `a/x b/x`, where both are the same: a name may have blanks in it, so only its length tells where it ends. */
function pathOf(names: string): string {
  const half = names.startsWith('"')
    ? unquoted(names.slice(0, (names.length - 1) / 2))
    : names.slice(0, (names.length - 1) / 2);
  return half.replace(/^a\//, "");
}

/** Git writes a name with a quote, a backslash or a control character as C does. */
function unquoted(name: string): string {
  if (!name.startsWith('"') || !name.endsWith('"')) return name;
  const letters: Record<string, string> = {
    n: "\n",
    t: "\t",
    r: "\r",
    a: "\u0007",
    b: "\b",
    f: "\f",
    v: "\v",
  };
  return name
    .slice(1, -1)
    .replace(/\\([0-7]{3}|.)/g, (_, code: string) =>
      /^[0-7]{3}$/.test(code) ? String.fromCharCode(Number.parseInt(code, 8)) : (letters[code] ?? code),
    );
}

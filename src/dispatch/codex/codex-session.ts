import { closeSync, existsSync, openSync, readFileSync, readSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { attemptFiles, hasCode } from "../process/attempt-folder.ts";
import { fieldsField, parseFields, textField, type Fields } from "../stream/fields.ts";

/** The file in an attempt's folder that names the thread which the attempt goes on with. */
export const threadFile = "thread";
/** codex names its thread in its first line; only what others print may come before it. */
const mostHead = 256 * 1024;
const threadForm = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
/** Deeper than codex keeps its sessions: by year, month and day. */
const deepest = 4;

/**
 * The thread in which an agent of this attempt worked that is gone: what it printed names it, or, if it printed nothing
 * yet, what it was started with. Null when there is none.
 */
export function threadOf(attemptDir: string): string | null {
  const printed = headOf(join(attemptDir, attemptFiles.stdout))
    .split("\n")
    .map((line) => threadIn(parseFields(line)))
    .findLast((thread) => thread !== null);
  return checkThread(printed ?? textOf(join(attemptDir, threadFile)));
}

/** `codex exec` names its thread in a message, `codex app-server` in its answer to the request for one. */
function threadIn(message: Fields | null): string | null {
  if (textField(message, "type") === "thread.started") return textField(message, "thread_id");
  return textField(fieldsField(fieldsField(message, "result"), "thread"), "id");
}

/** The thread that an attempt's codex was started to go on with; null: it began anew. */
export function resumedThread(attemptDir: string): string | null {
  return checkThread(textOf(join(attemptDir, threadFile)));
}

/** The id of a thread, or null for another text: it becomes an argument. */
export function checkThread(id: string): string | null {
  return threadForm.test(id) ? id : null;
}

/** The file in which codex keeps this thread: one for each, in a folder for each day. Null where there is none. */
export function fileOfThread(id: string, env: Readonly<Record<string, string>>): string | null {
  const home = env["CODEX_HOME"] ?? (env["HOME"] ? join(env["HOME"], ".codex") : null);
  return home === null ? null : findFile(join(home, "sessions"), `-${id}.jsonl`, deepest);
}

/** The newest folders come first, because their names are dates. */
function findFile(folder: string, ending: string, depth: number): string | null {
  const entries = absentAs([], () => readdirSync(folder, { withFileTypes: true }));
  const found = entries.find((entry) => entry.name.endsWith(ending));
  if (found) return join(folder, found.name);
  if (depth <= 1) return null;
  const folders = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  for (const name of folders.toSorted().toReversed()) {
    const inside = findFile(join(folder, name), ending, depth - 1);
    if (inside !== null) return inside;
  }
  return null;
}

function headOf(file: string): string {
  return absentAs("", () => {
    const opened = openSync(file, "r");
    try {
      const head = Buffer.alloc(mostHead);
      return head.toString("utf8", 0, readSync(opened, head));
    } finally {
      closeSync(opened);
    }
  });
}

function textOf(file: string): string {
  return existsSync(file) ? absentAs("", () => readFileSync(file, "utf8").trim()) : "";
}

export function absentAs<T>(instead: T, look: () => T): T {
  try {
    return look();
  } catch (error) {
    if (["ENOENT", "ENOTDIR", "EACCES"].some((code) => hasCode(error, code))) return instead;
    throw error;
  }
}

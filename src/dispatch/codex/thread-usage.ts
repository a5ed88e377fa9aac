import { closeSync, openSync } from "node:fs";
import type { Tokens } from "../../execution/usage.ts";
import { createLineTail, type LineTail } from "../process/line-tail.ts";
import { isShortage } from "../process/shortage.ts";
import { fieldsField, parseFields, textField } from "../stream/fields.ts";
import { absentAs, checkThread, fileOfThread } from "./codex-session.ts";
import { tokensOf } from "./codex-usage.ts";

/** Reads what a thread has used from the file in which codex keeps it: what codex prints tells it only at the end. */
export interface ThreadUsage {
  /** Call it with the thread's id as soon as codex has printed it. */
  follow(id: string): void;
  /** The total of the thread so far, after reading what is new in the file; null while it is not known. */
  read(): Tokens | null;
  close(): void;
}

/** What the model said may be longer; reports of tokens are not. */
const longestReport = 64 * 1024;
/** So much of the file of a long thread is read at once; the rest the next time. */
const mostChunks = 32;

/** `env`: the agent's. */
export function openThreadUsage(env: Readonly<Record<string, string>>): ThreadUsage {
  let id: string | null = null;
  let file: number | null = null;
  let tail: LineTail | null = null;
  let total: Tokens | null = null;

  const take = (bytes: Buffer, length: number): void => {
    if (bytes.length === length && bytes.includes('"token_count"')) total = totalIn(bytes) ?? total;
  };
  const open = (): void => {
    const path = id === null ? null : fileOfThread(id, env);
    if (path === null) return;
    file = openSync(path, "r");
    tail = createLineTail(file, longestReport, take);
  };
  return {
    follow(given) {
      id = checkThread(given);
    },
    read() {
      if (tail === null) absentAs(null, () => unlessShort(open));
      for (let left = mostChunks; left > 0 && (tail?.read(Number.MAX_SAFE_INTEGER) ?? 0) > 0;) left--;
      return total;
    },
    close() {
      if (file !== null) closeSync(file);
      file = tail = null;
    },
  };
}

/** When the system is short of something, it is tried again the next time. */
function unlessShort(act: () => void): void {
  try {
    act();
  } catch (error) {
    if (!isShortage(error)) throw error;
  }
}

function totalIn(line: Buffer): Tokens | null {
  const payload = fieldsField(parseFields(line.toString("utf8")), "payload");
  if (textField(payload, "type") !== "token_count") return null;
  return tokensOf(fieldsField(fieldsField(payload, "info"), "total_token_usage"));
}

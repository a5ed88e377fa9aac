import { changeMark } from "../../store/change-mark.ts";
import type { Store } from "../../store/database.ts";

/**
 * Answers that follow from the database alone, cached for as long as it does not change, because pages ask again and
 * again.
 */
export interface AnswerCache {
  /** The cached answer for an address, and the state of the database for an answer that is made right now. */
  get(key: string): { body: ArrayBuffer | null; mark: string };
  /** Nothing happens when the database has changed since. */
  keep(key: string, body: ArrayBuffer, mark: string): void;
}

const mostBytes = 8 * 1024 * 1024;
const mostEntryBytes = 1024 * 1024;

export function createAnswerCache(store: Store): AnswerCache {
  const bodies = new Map<string, ArrayBuffer>();
  let mark = "";
  let bytes = 0;
  const forgetOld = (): void => {
    const now = changeMark(store);
    if (now === mark) return;
    mark = now;
    bytes = 0;
    bodies.clear();
  };
  return {
    get: (key) => {
      forgetOld();
      return { body: bodies.get(key) ?? null, mark };
    },
    keep: (key, body, madeAt) => {
      if (madeAt !== mark || body.byteLength > mostEntryBytes || key.length > 2000) return;
      if (bytes + body.byteLength > mostBytes) {
        bodies.clear();
        bytes = 0;
      }
      bodies.set(key, body);
      bytes += body.byteLength;
    },
  };
}

import { runTransaction, type Store } from "./database.ts";
import { idempotencyKeys } from "./execution-tables.ts";
import { columnsBut, inserter } from "./row-writer.ts";

/** A start that may be asked for again. `scope` says what is started, `request_hash` what it was given. */
export type KeyedStart = typeof idempotencyKeys.$inferSelect;

/**
 * Stores a start's key and deletes keys made before `forgetBefore`. The result is what is stored under the key: the row
 * given (then the start is the caller's), or the row of an earlier request.
 */
export function reserveKey(store: Store, start: KeyedStart, forgetBefore: string): KeyedStart {
  return runTransaction(store, () => {
    store.prepare("DELETE FROM idempotency_keys WHERE created_at < ?").run(forgetBefore);
    const known = store.prepare<KeyedStart, [string, string]>(selectKey).get(start.scope, start.key);
    if (known) return known;
    insertKey(store, start);
    return start;
  });
}

/** The starts under a key, of any workflow. */
export function startsUnderKey(store: Store, key: string): KeyedStart[] {
  return store.prepare<KeyedStart, [string]>(selectByKey).all(key);
}

/** Deletes the key of a start that was refused, so that it may be tried again. */
export function releaseKey(store: Store, { scope, key }: Pick<KeyedStart, "scope" | "key">): void {
  store.prepare("DELETE FROM idempotency_keys WHERE scope = ? AND key = ?").run(scope, key);
}

const insertKey = inserter(idempotencyKeys, columnsBut(idempotencyKeys, []));
const selectByKey = "SELECT scope, key, request_hash, run_id, created_at FROM idempotency_keys WHERE key = ?";
const selectKey =
  "SELECT scope, key, request_hash, run_id, created_at FROM idempotency_keys WHERE scope = ? AND key = ?";

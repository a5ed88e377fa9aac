import { runTransaction, type Store } from "./database.ts";
import { columnsBut, inserter } from "./row-writer.ts";
import { loginLinks, webSessions } from "./session-tables.ts";

export type SessionRow = typeof webSessions.$inferSelect;

/** Selects the sessions of a token that have not ended. `now` is ISO 8601. */
export interface LivingSessions {
  token_mark: string;
  now: string;
}

/** Stores a new session and deletes those that have expired. */
export function addSession(store: Store, row: SessionRow): void {
  runTransaction(store, () => {
    store.prepare(deleteExpired).run(row.created_at);
    insertSession(store, row);
  });
}

/** The session a cookie belongs to; null when there is none, or no longer. */
export function findSession(
  store: Store,
  hash: string,
  { token_mark, now }: LivingSessions,
): SessionRow | null {
  return store.prepare<SessionRow, [string, string, string]>(selectByHash).get(hash, token_mark, now) ?? null;
}

export function isLivingSession(store: Store, id: string, { token_mark, now }: LivingSessions): boolean {
  return store.prepare<unknown, [string, string, string]>(selectById).get(id, token_mark, now) !== null;
}

/** The newest first, 200 at most. */
export function listSessions(store: Store, { token_mark, now }: LivingSessions): SessionRow[] {
  return store.prepare<SessionRow, [string, string]>(selectLiving).all(token_mark, now);
}

/** False: the session had ended already. */
export function endSession(store: Store, id: string): boolean {
  return store.prepare("DELETE FROM web_sessions WHERE id = ?").run(id).changes > 0;
}

/** Stores a login link; `hash` and `expires_at` as in the table. Links that are too old are deleted. */
export function addLoginLink(store: Store, link: { hash: string; expires_at: string }, now: string): void {
  runTransaction(store, () => {
    store.prepare(deleteOldLinks).run(now);
    insertLink(store, link);
  });
}

/** Uses a link up. False: there is no such link, it was used, or it is too old. */
export function takeLoginLink(store: Store, hash: string, now: string): boolean {
  return store.prepare(deleteLink).run(hash, now).changes > 0;
}

const columns = "id, hash, token_mark, client, created_at, expires_at";
const living = "token_mark = ? AND expires_at > ?";
const selectByHash = `SELECT ${columns} FROM web_sessions WHERE hash = ? AND ${living}`;
const selectById = `SELECT 1 FROM web_sessions WHERE id = ? AND ${living}`;
const selectLiving = `SELECT ${columns} FROM web_sessions WHERE ${living} ORDER BY created_at DESC, id DESC LIMIT 200`;
const deleteExpired = "DELETE FROM web_sessions WHERE expires_at <= ?";
const deleteOldLinks = "DELETE FROM login_links WHERE expires_at <= ?";
const deleteLink = "DELETE FROM login_links WHERE hash = ? AND expires_at > ?";
const insertSession = inserter(webSessions, columnsBut(webSessions, []));
const insertLink = inserter(loginLinks, columnsBut(loginLinks, []));

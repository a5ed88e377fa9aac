import { expect, test } from "bun:test";
import { openTestStore } from "../testing/open-test-store.ts";
import {
  addLoginLink,
  addSession,
  endSession,
  findSession,
  listSessions,
  takeLoginLink,
  type SessionRow,
} from "./sessions.ts";

const hour = (at: number): string => `2026-01-01T${String(at).padStart(2, "0")}:00:00.000Z`;

function aSession(id: string, given: Partial<SessionRow> = {}): SessionRow {
  const times = { created_at: hour(1), expires_at: hour(9) };
  return { id, hash: `hash of ${id}`, token_mark: "this", client: "Firefox", ...times, ...given };
}

test("a session is found until it ends by itself, is ended, or the server has another token", () => {
  const store = openTestStore();
  addSession(store, aSession("a"));
  const found = (now: string, token_mark = "this") =>
    findSession(store, "hash of a", { token_mark, now })?.id ?? null;
  expect([found(hour(8)), found(hour(9)), found(hour(8), "other")]).toEqual(["a", null, null]);
  expect(findSession(store, "hash of b", { token_mark: "this", now: hour(2) })).toBeNull();
  expect([endSession(store, "a"), endSession(store, "a"), found(hour(8))]).toEqual([true, false, null]);
});

test("those that live are listed, the newest first; a new one has those that ended forgotten", () => {
  const store = openTestStore();
  addSession(store, aSession("old", { expires_at: hour(2) }));
  addSession(store, aSession("first"));
  addSession(store, aSession("other", { token_mark: "other" }));
  addSession(store, aSession("second", { created_at: hour(3) }));
  const ids = listSessions(store, { token_mark: "this", now: hour(3) }).map(({ id }) => id);
  expect(ids).toEqual(["second", "first"]);
  const kept = store.sqlite.query("SELECT id FROM web_sessions ORDER BY id").all();
  expect(kept).toEqual([{ id: "first" }, { id: "other" }, { id: "second" }]);
});

test("a link is taken once, and not when it is too old", () => {
  const store = openTestStore();
  addLoginLink(store, { hash: "used", expires_at: hour(2) }, hour(1));
  addLoginLink(store, { hash: "late", expires_at: hour(2) }, hour(1));
  expect([takeLoginLink(store, "used", hour(1)), takeLoginLink(store, "used", hour(1))]).toEqual([
    true,
    false,
  ]);
  expect([takeLoginLink(store, "late", hour(2)), takeLoginLink(store, "never", hour(1))]).toEqual([
    false,
    false,
  ]);
  addLoginLink(store, { hash: "next", expires_at: hour(4) }, hour(3));
  expect(store.sqlite.query("SELECT hash FROM login_links").all()).toEqual([{ hash: "next" }]);
});

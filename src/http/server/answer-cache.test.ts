import { expect, test } from "bun:test";
import { openTestStore } from "../../testing/open-test-store.ts";
import { createAnswerCache } from "./answer-cache.ts";

const body = new TextEncoder().encode("[]").buffer;

test("an answer is kept until the database changes, and one that is older than that never is", () => {
  const store = openTestStore();
  const cache = createAnswerCache(store);
  const { mark } = cache.get("/a");
  cache.keep("/a", body, mark);
  expect(cache.get("/a").body).toBe(body);
  store.sqlite.run("INSERT INTO idempotency_keys VALUES ('s', 'k', 'h', 'r', '')");
  expect(cache.get("/a").body).toBeNull();
  cache.keep("/a", body, mark);
  expect(cache.get("/a").body).toBeNull();
});

test("what is kept is bounded, by answer and in all", () => {
  const cache = createAnswerCache(openTestStore());
  const { mark } = cache.get("/");
  cache.keep("/large", new ArrayBuffer(2_000_000), mark);
  expect(cache.get("/large").body).toBeNull();
  for (let at = 0; at < 20; at++) cache.keep(`/${at}`, new ArrayBuffer(1_000_000), mark);
  const kept = Array.from({ length: 20 }, (_, at) => cache.get(`/${at}`).body).filter(
    (each) => each !== null,
  );
  expect(kept.length).toBeLessThanOrEqual(8);
});

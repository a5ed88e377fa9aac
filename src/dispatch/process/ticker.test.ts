import { expect, test } from "bun:test";
import { createTicker } from "./ticker.ts";

test("one that throws is told to its owner, once, and the others are looked at again and again", async () => {
  const ticker = createTicker();
  const failures: unknown[] = [];
  const trouble = new Error("EIO");
  ticker.follow(
    () => {
      throw trouble;
    },
    (error) => failures.push(error),
  );
  let looks = 0;
  await new Promise<void>((resolve, reject) => {
    const unfollow = ticker.follow(() => {
      if (++looks < 3) return 0;
      unfollow();
      resolve();
      return 0;
    }, reject);
  });
  expect(failures).toEqual([trouble]);
});

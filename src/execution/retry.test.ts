import { describe, expect, test } from "bun:test";
import type { EffectiveRetry } from "../workflow/effective.ts";
import { mayRetry, retryDelayMs } from "./retry.ts";

const policy: EffectiveRetry = {
  max_attempts: 4,
  initial_interval: "1s",
  backoff_multiplier: 2,
  max_interval: "3s",
  non_retryable_errors: ["mine"],
};
const failure = (errorClass: string, more = {}) => ({ class: errorClass, message: "", ...more });

describe("an attempt is followed by another", () => {
  test.each([
    ["agent_error", 1, {}, true],
    ["timeout", 1, {}, true],
    ["output_contract", 3, {}, true],
    ["agent_error", 4, {}, false],
    ["mine", 1, {}, false],
    ["mine", 1, { retryable: true }, false],
    ["auth_failure", 1, {}, false],
    ["auth_failure", 1, { retryable: true }, true],
    ["not_found", 1, {}, false],
    ["input_contract", 1, {}, false],
    ["rate_limited", 1, { retryable: false }, false],
  ])("class %s at attempt %i with %j: %p", (errorClass, attempt, more, expected) => {
    expect(mayRetry(policy, attempt, failure(errorClass, more))).toBe(expected);
  });
});

describe("a retry waits", () => {
  test.each([
    [1, 1000],
    [2, 2000],
    [3, 3000],
    [9, 3000],
  ])("number %i about %i ms", (number, plainMs) => {
    for (let seed = 0; seed < 50; seed++) {
      const ms = retryDelayMs(policy, number, `run/stage/${seed}`, failure("x"));
      expect(ms).toBeWithin(plainMs * 0.9, plainMs * 1.1 + 1);
    }
  });

  test("the same time for the same seed, and hardly ever for another", () => {
    const delays = Array.from({ length: 100 }, (_, seed) =>
      retryDelayMs(policy, 1, `run/a/${seed}`, failure("x")),
    );
    expect(delays[7]).toBe(retryDelayMs(policy, 1, "run/a/7", failure("x")));
    expect(new Set(delays).size).toBeGreaterThan(60);
  });

  test("as long as the agent asks for, a day at most", () => {
    expect(retryDelayMs(policy, 1, "s", failure("x", { retry_after_ms: 9000 }))).toBe(9000);
    expect(retryDelayMs(policy, 1, "s", failure("x", { retry_after_ms: 1e12 }))).toBe(86_400_000);
  });
});

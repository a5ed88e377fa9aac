import { describe, expect, test } from "bun:test";
import type { PartialMessage } from "../execution/partial-message.ts";
import { createMasks } from "../execution/masks.ts";
import type { EngineState } from "./engine-state.ts";
import type { LiveExecution, LiveStep } from "./live-execution.ts";
import { openPartialAnnouncer } from "./announce-partial.ts";

/** The partial of an attempt in an engine whose clock and commits are the test's. */
function anAnnouncer(secrets: readonly string[] = []) {
  let nowMs = 0;
  let timer: { atMs: number; call: () => void } | null = null;
  const heard: PartialMessage[] = [];
  const scheduler = {
    elapsedMs: () => nowMs,
    after: (ms: number, call: () => void) => {
      const made = { atMs: nowMs + ms, call };
      timer = made;
      return () => {
        if (timer === made) timer = null;
      };
    },
  };
  const changes = { waiting: [] as { done: () => void }[] };
  const execution = { runId: "run", masks: createMasks(secrets), changes };
  const engine = {
    partialListeners: new Set([(partial: PartialMessage) => heard.push(partial)]),
    scheduler,
    // So that no commit is planned: the test commits.
    dirty: new Set([execution]),
  };
  const partial = openPartialAnnouncer(
    engine as unknown as EngineState,
    execution as unknown as LiveExecution,
    { record: { stage_id: "build", attempt_number: 2 } } as unknown as LiveStep,
  );
  return {
    partial,
    heard,
    told: () => heard.map(({ message, text }) => [message, text]),
    say: (text: string, message = "m1") => partial.add({ message, text }),
    pass: (ms: number) => {
      nowMs += ms;
      while (timer !== null && timer.atMs <= nowMs) {
        const { call } = timer;
        timer = null;
        call();
      }
    },
    commit: () => {
      for (const { done } of changes.waiting.splice(0)) done();
    },
  };
}

const event = (kind: string, more = {}): string => JSON.stringify({ kind, text: "whole", ...more });

describe("a message that an agent is writing", () => {
  test("is announced in pieces, at most ten in a second, and nothing of it is left out", () => {
    const { say, pass, heard } = anAnnouncer();
    for (let at = 0; at < 100; at++) {
      say(`${at},`);
      pass(10);
    }
    pass(100);
    expect(heard.length).toBeWithin(9, 12);
    expect(heard[0]).toEqual({ run_id: "run", stage_id: "build", attempt: 2, message: "m1", text: "0," });
    expect(heard.map(({ text }) => text).join("")).toBe(
      Array.from({ length: 100 }, (_, at) => `${at},`).join(""),
    );
  });

  test("has ended once the whole message is stored; the next one is announced only then", () => {
    const { partial, say, pass, commit, told } = anAnnouncer();
    say("one");
    pass(100);
    partial.hear(event("message"));
    say("two", "m2");
    pass(500);
    expect(told()).toEqual([["m1", "one"]]);
    commit();
    pass(0);
    expect(told()).toEqual([
      ["m1", "one"],
      [null, ""],
      ["m2", "two"],
    ]);
  });

  test.each([
    ["a call", event("tool_result", { ok: true })],
    ["a message of a sub-agent", event("message", { parent: "c1" })],
    ["something that cannot be read", "{"],
  ])("goes on past %s", (_, text) => {
    const { partial, say, pass, commit, told } = anAnnouncer();
    say("one");
    pass(100);
    partial.hear(text);
    commit();
    say(" more");
    pass(100);
    expect(told()).toEqual([
      ["m1", "one"],
      ["m1", " more"],
    ]);
  });

  test("has ended with its attempt", () => {
    const { partial, say, pass, told } = anAnnouncer();
    say("one");
    pass(100);
    say("more");
    partial.end();
    pass(100);
    expect(told()).toEqual([
      ["m1", "one"],
      [null, ""],
    ]);
  });

  test("is announced no further when it is very long", () => {
    const { say, pass, told } = anAnnouncer();
    say("a");
    pass(100);
    say("b".repeat(70_000));
    pass(100);
    expect(told()).toEqual([["m1", "a"]]);
  });
});

describe("a secret in a message that comes in pieces", () => {
  const secrets = [
    "s3cr",
    "token-of-16-char",
    "a-token-of-more-than-thirty-two-characters",
    "x1y2".repeat(70),
  ];
  const texts = [
    ...secrets.map((secret) => `It is ${secret}, and so on: ${"word ".repeat(20)}`),
    `${secrets[2]}${secrets[0]} ${secrets[1]} ${Buffer.from(`u:${secrets[2]}`).toString("base64")} ${"word ".repeat(20)}`,
    `${secrets[3]?.slice(50, 120)} cut out of the middle ${"word ".repeat(20)}`,
  ];
  test.each(texts.flatMap((text, at) => [1, 3, 7].map((size) => [size, at, text] as const)))(
    "is never shown, though pieces have %i characters: text %i",
    (size, _, text) => {
      const { say, pass, heard } = anAnnouncer(secrets);
      const hidden = createMasks(secrets).hide(text);
      for (let at = 0; at < text.length; at += size) {
        say(text.slice(at, at + size));
        pass(100);
        // So no part of a secret was shown that is not shown of the whole message.
        expect(hidden).toStartWith(heard.map((each) => each.text).join(""));
      }
      expect(heard.length).toBeGreaterThan(3);
      expect(heard.map((each) => each.text).join("").length).toBeGreaterThan(hidden.length - 50);
    },
  );
});

import { describe, expect, test } from "bun:test";
import { openGarbageCollector } from "./garbage-collector.ts";

const mebibyte = 1024 * 1024;

/** A clock that a collection moves on by so much. */
function aCollector(tookMs: number) {
  const state = { nowMs: 1000, collections: 0 };
  const collect = (): void => {
    state.collections++;
    state.nowMs += tookMs;
  };
  return { state, collector: openGarbageCollector({ collect, nowMs: () => state.nowMs }) };
}

describe("the garbage of logs is collected", () => {
  test("after every mebibyte, whatever pieces they come in", () => {
    const { state, collector } = aCollector(0);
    for (let read = 0; read < 64; read++) collector.add(mebibyte / 4);
    expect(state.collections).toBe(16);
  });

  test("for at most a fifteenth of the time", () => {
    const { state, collector } = aCollector(10);
    collector.add(8 * mebibyte);
    state.nowMs += 149;
    collector.add(8 * mebibyte);
    expect(state.collections).toBe(1);
    state.nowMs += 1;
    collector.add(1);
    expect(state.collections).toBe(2);
  });
});

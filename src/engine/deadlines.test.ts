import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { fakeClock } from "../testing/fake-clock.ts";
import { openDeadlines, type DueTime } from "./deadlines.ts";

function opened() {
  const clock = fakeClock(0);
  const fired: string[] = [];
  const deadlines = openDeadlines(clock, (keys) => fired.push(...keys));
  return { clock, fired, deadlines };
}

function wall(atMs: number): DueTime {
  return { clock: "wall", atMs };
}

describe("deadlines", () => {
  test("fire at their instant, each once, in order", () => {
    const { clock, fired, deadlines } = opened();
    deadlines.set("b", wall(200));
    deadlines.set("a", wall(100));
    clock.advance(99);
    expect(fired).toEqual([]);
    clock.advance(1);
    clock.advance(1000);
    expect(fired).toEqual(["a", "b"]);
  });

  test("can be moved and cleared", () => {
    const { clock, fired, deadlines } = opened();
    deadlines.set("a", wall(100));
    deadlines.set("a", wall(300));
    deadlines.set("b", wall(50));
    deadlines.set("b", null);
    clock.advance(299);
    expect(fired).toEqual([]);
    clock.advance(1);
    expect(fired).toEqual(["a"]);
  });

  test("further away than a timer can count do not fire at once", () => {
    const { clock, fired, deadlines } = opened();
    const days = 24 * 60 * 60 * 1000;
    deadlines.set("a", wall(30 * days));
    clock.advance(29 * days);
    expect(fired).toEqual([]);
    clock.advance(days);
    expect(fired).toEqual(["a"]);
  });

  test("that have passed already fire at the next moment", () => {
    const { clock, fired, deadlines } = opened();
    clock.advance(1000);
    deadlines.set("a", wall(10));
    clock.advance(0);
    expect(fired).toEqual(["a"]);
  });

  test("any sequence of settings fires what is left of it, by time", () => {
    const setting = fc.tuple(
      fc.constantFrom("a", "b", "c", "d", "e", "f"),
      fc.option(fc.integer({ min: 1, max: 50 })),
    );
    fc.assert(
      fc.property(fc.array(setting, { maxLength: 40 }), (settings) => {
        const { clock, fired, deadlines } = opened();
        const left = new Map<string, number>();
        for (const [key, atMs] of settings) {
          deadlines.set(key, atMs === null ? null : wall(atMs));
          if (atMs === null) left.delete(key);
          else left.set(key, atMs);
        }
        clock.advance(60);
        expect(fired.toSorted()).toEqual([...left.keys()].toSorted());
        expect(fired.map((key) => left.get(key))).toEqual([...left.values()].toSorted((a, b) => a - b));
      }),
    );
  });
});

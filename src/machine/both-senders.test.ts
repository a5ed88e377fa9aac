import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { executionEvents, gateEvents, stageEvents } from "../testing/machine-events.ts";
import { newActor, type ActorEvent, type ActorKind } from "./actor.ts";
import { sendPure } from "./pure-actor.ts";
import { sendToStarted } from "./started-actor.ts";
import { restoreActor, storedActor } from "./stored-actor.ts";

/** An engine keeps started actors; another runner may use the pure transition: both run the same machines. */

const kinds: [ActorKind, Record<string, ActorEvent<ActorKind>>][] = [
  ["execution", executionEvents],
  ["stage", stageEvents],
  ["gate", gateEvents],
];

describe("a started actor and the pure transition come to the same states and effects:", () => {
  test.each(kinds)("%s, over any sequence of events and restarts", (kind, events) => {
    const steps = fc.array(fc.constantFrom("restart", ...Object.keys(events)), { maxLength: 40 });
    fc.assert(
      fc.property(steps, (names) => {
        let started = newActor(kind);
        let pure = newActor(kind);
        for (const name of names) {
          const event = events[name];
          if (event) expect(sendToStarted(started, event)).toEqual(sendPure(pure, event));
          else {
            started = restoreActor(kind, storedActor(started));
            pure = restoreActor(kind, storedActor(pure));
          }
          expect(storedActor(started)).toBe(storedActor(pure));
        }
      }),
      { numRuns: 500 },
    );
  });
});

import { eventsAfter } from "../store/feed.ts";
import type { Reader, World } from "./world.ts";

/** How much a reader takes at once at most. */
const mostAtOnce = 6;
const restMs = 250;

/** Somebody who follows the feed of every execution, now and then and a few events at a time. */
export function openReader(world: World): void {
  const { time, draw, nature, disk, history } = world;
  const reader: Reader = { seen: new Map() };
  history.readers.push(reader);
  const look = (): void => {
    time.at(time.nowMs() + 1 + draw.upTo(restMs), nature, look);
    const runs = disk.store.prepare<{ id: string; last_event: number }, []>(selectRuns).all();
    const run = runs[draw.upTo(runs.length)];
    if (!run) return;
    const { id, last_event } = run;
    const seen = reader.seen.get(id) ?? [];
    reader.seen.set(id, seen);
    if (seen.length >= last_event) return;
    const next = eventsAfter(disk.store, id, seen.at(-1)?.seq ?? 0, 1 + draw.upTo(mostAtOnce));
    for (const event of next) {
      if (event.seq !== seen.length + 1) {
        world.violate("reader_sees_the_sequence", `a reader of ${id} sees ${event.seq} after ${seen.length}`);
      }
      seen.push(event);
    }
  };
  look();
}

const selectRuns = "SELECT id, last_event FROM workflow_executions ORDER BY id";

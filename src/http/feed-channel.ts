import type { StoredEvent } from "../execution/event.ts";
import { hasEnded } from "../execution/status.ts";
import type { Store } from "../store/database.ts";
import { getExecution } from "../store/executions.ts";
import { allEventsAfter, eventsAfter, lastEventId } from "../store/feed.ts";

export type Topic = { kind: "run"; run_id: string } | { kind: "all" };

/** What a reader gets of an event; `place` is what it goes on after. Empty: nothing. */
export type Encode = (event: StoredEvent, place: number) => string;

/** All readers of one topic in one encoding. */
export interface Channel {
  open(after: number): ReadableStream<Uint8Array>;
  /** There may be new events. */
  wake(): void;
  /** A comment to everybody who keeps up; who has not taken anything for a minute is cut off. */
  beat(): void;
  readers(): number;
  close(): void;
}

interface Reader {
  controller: ReadableStreamDefaultController<Uint8Array>;
  place: number;
  stuckSince: number | null;
}

interface Chunk {
  place: number;
  bytes: Uint8Array;
}

const pageEvents = 200;
const mostChunkBytes = 256 * 1024;
/** What a reader may leave untaken before nothing more is read for it. */
const mostBufferedBytes = 64 * 1024;
const mostRecent = 256;
const mostRecentBytes = 512 * 1024;
const mostStuckMs = 60_000;
const opening = new TextEncoder().encode("retry: 1000\n\n");
const comment = new TextEncoder().encode(":\n\n");
const encoder = new TextEncoder();

export function createChannel(store: Store, topic: Topic, encode: Encode, onEmpty: () => void): Channel {
  const readers = new Set<Reader>();
  const source = sourceOf(store, topic);
  // In this order: what ends in between is then seen as not over yet, and told of by the next wake.
  let isOver = source.isOver();
  const recent = createRecent(source.last());

  const remove = (reader: Reader): void => {
    if (readers.delete(reader) && readers.size === 0) onEmpty();
  };
  const end = (reader: Reader): void => {
    reader.controller.close();
    remove(reader);
  };
  const nextFor = (place: number): Chunk | null => {
    if (place >= recent.head()) return null;
    return recent.after(place) ?? chunkOf(source.after(place, pageEvents), encode);
  };
  const pump = (reader: Reader): void => {
    while (readers.has(reader)) {
      if ((reader.controller.desiredSize ?? 0) <= 0) {
        reader.stuckSince ??= performance.now();
        return;
      }
      reader.stuckSince = null;
      const next = nextFor(reader.place);
      if (next === null) {
        if (isOver) end(reader);
        return;
      }
      reader.place = next.place;
      if (next.bytes.byteLength > 0) reader.controller.enqueue(next.bytes);
    }
  };
  const wake = (): void => {
    for (;;) {
      const events = source.after(recent.head(), pageEvents);
      for (const { place, event } of events)
        recent.add({ place, bytes: encoder.encode(encode(event, place)) });
      if (topic.kind === "run" && events.some(({ event }) => event.type === "execution_completed"))
        isOver = true;
      for (const reader of readers) pump(reader);
      if (events.length < pageEvents) return;
    }
  };
  return {
    open: (after) => {
      let reader: Reader | null = null;
      return new ReadableStream<Uint8Array>(
        {
          start: (controller) => {
            reader = { controller, place: after, stuckSince: null };
            readers.add(reader);
            controller.enqueue(opening);
          },
          pull: () => {
            if (reader) pump(reader);
          },
          cancel: () => {
            if (reader) remove(reader);
          },
        },
        { highWaterMark: mostBufferedBytes, size: (bytes) => bytes?.byteLength ?? 0 },
      );
    },
    wake,
    beat: () => {
      const now = performance.now();
      for (const reader of readers) {
        if (reader.stuckSince !== null && now - reader.stuckSince > mostStuckMs) end(reader);
        else if ((reader.controller.desiredSize ?? 0) > 0) reader.controller.enqueue(comment);
      }
    },
    readers: () => readers.size,
    close: () => {
      for (const reader of readers) end(reader);
    },
  };
}

interface Source {
  after(place: number, limit: number): { place: number; event: StoredEvent }[];
  last(): number;
  /** True when nothing more will come. */
  isOver(): boolean;
}

function sourceOf(store: Store, topic: Topic): Source {
  if (topic.kind === "all") {
    return {
      after: (place, limit) =>
        allEventsAfter(store, place, limit).map(({ id, ...event }) => ({ place: id, event })),
      last: () => lastEventId(store),
      isOver: () => false,
    };
  }
  const { run_id } = topic;
  return {
    after: (place, limit) =>
      eventsAfter(store, run_id, place, limit).map((event) => ({ place: event.seq, event })),
    last: () => getExecution(store, run_id).last_event,
    isOver: () => hasEnded(getExecution(store, run_id).status),
  };
}

/** As many events as make a chunk; null when there are none. */
function chunkOf(events: { place: number; event: StoredEvent }[], encode: Encode): Chunk | null {
  let text = "";
  let last: number | null = null;
  for (const { place, event } of events) {
    text += encode(event, place);
    last = place;
    if (text.length >= mostChunkBytes) break;
  }
  return last === null ? null : { place: last, bytes: encoder.encode(text) };
}

/** The newest events, encoded: readers that keep up share them. */
function createRecent(from: number) {
  let chunks: Chunk[] = [];
  let bytes = 0;
  /** Everything after this place is in `chunks`. */
  let start = from;
  let head = from;
  return {
    head: () => head,
    add: (chunk: Chunk): void => {
      chunks.push(chunk);
      bytes += chunk.bytes.byteLength;
      head = chunk.place;
      while (chunks.length > mostRecent || bytes > mostRecentBytes) {
        const gone = chunks.shift();
        if (!gone) break;
        start = gone.place;
        bytes -= gone.bytes.byteLength;
      }
    },
    /** The next of the recent events; null: it is older than those. */
    after: (place: number): Chunk | null => {
      if (place < start) return null;
      return chunks.find((chunk) => chunk.place > place) ?? null;
    },
  };
}

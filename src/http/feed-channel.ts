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

/** Events one after the other, encoded; `place` is that of the last. */
interface Chunk {
  place: number;
  bytes: Uint8Array;
  /** True when one of them is the end of an execution. */
  isLast: boolean;
}

const pageEvents = 200;
const mostChunkBytes = 256 * 1024;
/** What a reader may leave untaken before nothing more is read for it. */
const mostBufferedBytes = 64 * 1024;
const mostKept = 64;
const mostKeptBytes = 1024 * 1024;
const mostStuckMs = 60_000;
const opening = new TextEncoder().encode("retry: 1000\n\n");
const comment = new TextEncoder().encode(":\n\n");
const encoder = new TextEncoder();

export function createChannel(store: Store, topic: Topic, encode: Encode, onEmpty: () => void): Channel {
  const readers = new Set<Reader>();
  const remove = (reader: Reader): void => {
    if (readers.delete(reader) && readers.size === 0) onEmpty();
  };
  const end = (reader: Reader): void => {
    reader.controller.close();
    remove(reader);
  };
  const tape = createTape(sourceOf(store, topic), encode);
  const pump = (reader: Reader): void => {
    while (readers.has(reader)) {
      if (!hasRoom(reader)) return;
      const next = tape.after(reader.place);
      if (next === null) {
        if (tape.isOver()) end(reader);
        return;
      }
      reader.place = next.place;
      if (next.bytes.byteLength > 0) reader.controller.enqueue(next.bytes);
    }
  };
  return {
    open: (after) => openStream(after, { join: (reader) => readers.add(reader), pump, remove }),
    wake: () => {
      tape.wind();
      for (const reader of readers) pump(reader);
    },
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

function openStream(
  after: number,
  channel: { join(reader: Reader): void; pump(reader: Reader): void; remove(reader: Reader): void },
): ReadableStream<Uint8Array> {
  let reader: Reader | null = null;
  return new ReadableStream<Uint8Array>(
    {
      start: (controller) => {
        reader = { controller, place: after, stuckSince: null };
        channel.join(reader);
        controller.enqueue(opening);
      },
      pull: () => {
        if (reader) channel.pump(reader);
      },
      cancel: () => {
        if (reader) channel.remove(reader);
      },
    },
    { highWaterMark: mostBufferedBytes, size: (bytes) => bytes?.byteLength ?? 0 },
  );
}

/** False: the reader has not taken what it was given last, and is remembered as stuck from now on. */
function hasRoom(reader: Reader): boolean {
  const isFull = (reader.controller.desiredSize ?? 0) <= 0;
  if (isFull) reader.stuckSince ??= performance.now();
  else reader.stuckSince = null;
  return !isFull;
}

/** What is stored of a topic, in chunks that all readers share. */
function createTape(source: Source, encode: Encode) {
  const chunks = createChunkCache();
  // In this order: what ends in between is then seen as not over yet, and told of by the next wake.
  let isOver = source.isOver();
  let head = source.last();
  const chunkAfter = (place: number): Chunk | null => {
    const known = chunks.get(place);
    if (known) return known;
    const made = chunkOf(source.after(place, pageEvents), encode);
    if (made) chunks.keep(place, made);
    return made;
  };
  return {
    // At the end nothing is asked of the database: winding on brings what there is.
    after: (place: number): Chunk | null => (place >= head ? null : chunkAfter(place)),
    /** Takes in what has been stored since. */
    wind: (): void => {
      for (let chunk = chunkAfter(head); chunk; chunk = chunkAfter(head)) {
        head = chunk.place;
        isOver ||= source.ends && chunk.isLast;
      }
    },
    isOver: (): boolean => isOver,
  };
}

interface Source {
  /** False: it is of all executions, and outlives each of them. */
  ends: boolean;
  after(place: number, limit: number): { place: number; event: StoredEvent }[];
  last(): number;
  /** True when nothing more will come. */
  isOver(): boolean;
}

function sourceOf(store: Store, topic: Topic): Source {
  if (topic.kind === "all") {
    return {
      ends: false,
      after: (place, limit) =>
        allEventsAfter(store, place, limit).map(({ id, ...event }) => ({ place: id, event })),
      last: () => lastEventId(store),
      isOver: () => false,
    };
  }
  const { run_id } = topic;
  return {
    ends: true,
    after: (place, limit) =>
      eventsAfter(store, run_id, place, limit).map((event) => ({ place: event.seq, event })),
    last: () => getExecution(store, run_id).last_event,
    isOver: () => hasEnded(getExecution(store, run_id).status),
  };
}

/** As many events as make a chunk; null when there are none. */
function chunkOf(events: { place: number; event: StoredEvent }[], encode: Encode): Chunk | null {
  let text = "";
  let place: number | null = null;
  let isLast = false;
  for (const next of events) {
    text += encode(next.event, next.place);
    place = next.place;
    isLast ||= next.event.type === "execution_completed";
    if (text.length >= mostChunkBytes) break;
  }
  return place === null ? null : { place, bytes: encoder.encode(text), isLast };
}

/** Chunks by the place they come after: readers that are at the same place share them. What is stored never changes. */
function createChunkCache() {
  const chunks = new Map<number, Chunk>();
  let bytes = 0;
  return {
    get: (place: number): Chunk | null => chunks.get(place) ?? null,
    keep: (place: number, chunk: Chunk): void => {
      chunks.set(place, chunk);
      bytes += chunk.bytes.byteLength;
      for (const [oldest, { bytes: gone }] of chunks) {
        if (chunks.size <= mostKept && bytes <= mostKeptBytes) return;
        chunks.delete(oldest);
        bytes -= gone.byteLength;
      }
    },
  };
}

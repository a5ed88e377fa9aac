import type { TextDelta } from "../../execution/partial-message.ts";
import type { StoredEvent } from "../../execution/event.ts";
import { hasEnded } from "../../execution/status.ts";
import type { Store } from "../../store/database.ts";
import { getExecution } from "../../store/executions.ts";
import { allEventsAfter, eventsAfter, lastEventId } from "../../store/feed.ts";
import { openPartialReader, type PartialReader } from "./partial-messages.ts";
import type { WorkSlices } from "./work-slices.ts";

export type Topic = { kind: "run"; run_id: string } | { kind: "all" };

/** How a reader gets what is told. Readers that share one share the work. */
export interface Encoding {
  /** `place` is where the reader continues. Empty: the event is left out. */
  event(event: StoredEvent, place: number): string;
  /** A piece of a message that is still being written. */
  delta(delta: TextDelta): string;
}

/** Gets the error of a stream that broke off: its answer has begun, so nobody else is told. */
export type OnFailure = (error: unknown) => void;

/** All readers of one topic in one encoding. */
export interface Channel {
  open(after: number, failed: OnFailure): ReadableStream<Uint8Array>;
  /** There may be new events. */
  wake(): void;
  /** Sends a comment to every reader that keeps up; a reader that has taken nothing for a minute is cut off. */
  beat(): void;
  readers(): number;
  /** Nothing can be read any more: all streams break off with the error, and can be resumed. */
  fail(error: unknown): void;
  close(): void;
}

interface Reader {
  controller: ReadableStreamDefaultController<Uint8Array>;
  failed: OnFailure;
  place: number;
  /** The reader has everything there is, and waits to be woken. */
  isAtEnd: boolean;
  stuckSince: number | null;
  partials: PartialReader;
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
/** How much a reader may leave untaken before nothing more is read for it. */
const mostBufferedBytes = 64 * 1024;
const mostKept = 64;
const mostKeptBytes = 1024 * 1024;
const mostStuckMs = 60_000;
const opening = new TextEncoder().encode("retry: 1000\n\n");
const comment = new TextEncoder().encode(":\n\n");
const encoder = new TextEncoder();

interface ChannelOptions {
  slices: WorkSlices;
  /** The messages that are being written. */
  partials: () => readonly TextDelta[];
  onEmpty: () => void;
}

export function createChannel(
  store: Store,
  topic: Topic,
  encode: Encoding,
  { slices, partials, onEmpty }: ChannelOptions,
): Channel {
  const { readers, remove, end, breakOff } = createReaders(onEmpty);
  const fail = (error: unknown): void => {
    for (const reader of readers) breakOff(reader, error);
  };
  const tape = createTape(sourceOf(store, topic), encode);
  const giveNext = (reader: Reader): void => {
    let next = tape.after(reader.place);
    for (; next?.bytes.byteLength === 0; next = tape.after(reader.place)) reader.place = next.place;
    reader.isAtEnd = next === null;
    if (next) {
      reader.place = next.place;
      reader.controller.enqueue(next.bytes);
    } else if (tape.isOver()) end(reader);
    else giveDeltas(reader, partials(), encode);
  };
  /** Gives a reader its next chunk; once it is taken, the reader asks for another. */
  const feed = (reader: Reader): void => {
    if (!readers.has(reader) || !hasRoom(reader)) return;
    try {
      giveNext(reader);
    } catch (error) {
      breakOff(reader, error);
    }
  };
  return {
    open: (after, failed) =>
      openStream(
        { place: tape.placeFor(after), failed },
        { join: (reader) => readers.add(reader), slices, feed, remove },
      ),
    wake: () => {
      try {
        tape.wind();
      } catch (error) {
        return fail(error);
      }
      for (const reader of readers) if (reader.isAtEnd) feed(reader);
    },
    beat: () => {
      const now = performance.now();
      for (const reader of readers) {
        if (hasRoom(reader)) reader.controller.enqueue(comment);
        else if (now - (reader.stuckSince ?? now) > mostStuckMs) end(reader);
      }
    },
    readers: () => readers.size,
    fail,
    close: () => {
      for (const reader of readers) end(reader);
    },
  };
}

/** Only to a reader that has everything that is stored: pieces follow the messages before them. */
function giveDeltas({ controller, partials }: Reader, now: readonly TextDelta[], encode: Encoding): void {
  const text = partials.next(now).map(encode.delta).join("");
  if (text !== "") controller.enqueue(encoder.encode(text));
}

/** The readers, and how they are removed. */
function createReaders(onEmpty: () => void) {
  const readers = new Set<Reader>();
  const remove = (reader: Reader): void => {
    if (readers.delete(reader) && readers.size === 0) onEmpty();
  };
  return {
    readers,
    remove,
    end: (reader: Reader): void => {
      reader.controller.close();
      remove(reader);
    },
    breakOff: (reader: Reader, error: unknown): void => {
      reader.controller.error(error);
      remove(reader);
      reader.failed(error);
    },
  };
}

function openStream(
  { place, failed }: Pick<Reader, "place" | "failed">,
  channel: {
    join(reader: Reader): void;
    slices: WorkSlices;
    feed(reader: Reader): void;
    remove(reader: Reader): void;
  },
): ReadableStream<Uint8Array> {
  let reader: Reader | null = null;
  return new ReadableStream<Uint8Array>(
    {
      start: (controller) => {
        reader = {
          controller,
          failed,
          place,
          isAtEnd: false,
          stuckSince: null,
          partials: openPartialReader(),
        };
        channel.join(reader);
        controller.enqueue(opening);
      },
      pull: () =>
        new Promise<void>((resolve) => {
          channel.slices(() => {
            if (reader) channel.feed(reader);
            resolve();
          });
        }),
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
function createTape(source: Source, encode: Encoding) {
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
    /** Where a reader goes on: never beyond what is stored, where it would miss what comes next. */
    placeFor: (after: number): number => (after <= head ? after : Math.min(after, source.last())),
    // At the end the database is not asked: advancing brings what is there.
    after: (place: number): Chunk | null => (place >= head ? null : chunkAfter(place)),
    /** Reads what has been stored since. */
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
  /** False: the topic is all executions, and outlives each of them. */
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
        allEventsAfter(store, place, limit).map(({ id, event }) => ({ place: id, event })),
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
function chunkOf(events: { place: number; event: StoredEvent }[], encode: Encoding): Chunk | null {
  let text = "";
  let place: number | null = null;
  let isLast = false;
  for (const next of events) {
    text += encode.event(next.event, next.place);
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

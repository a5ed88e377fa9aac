import type { Engine } from "../../engine/engine.ts";
import type { Store } from "../../store/database.ts";
import { createChannel, type Channel, type Encode, type OnFailure, type Topic } from "./feed-channel.ts";
import { createWorkSlices } from "./work-slices.ts";

const pollMs = 25;
const heartbeatMs = 15_000;

/**
 * Streams the stored events, live, to any number of readers. One look at the database finds other processes' commits
 * for all of them; an event is read and encoded once for all readers of a topic that are at its end.
 */
export interface Feed {
  /** A stream of a topic's events after a place (an event's `seq`; of all executions: its number). */
  open(topic: Topic, after: number, encode: Encode, failed: OnFailure): ReadableStream<Uint8Array>;
  readers(): number;
  /** Ends every stream; they can be resumed elsewhere. */
  close(): void;
}

export function createFeed(store: Store, engine: Pick<Engine, "subscribe">): Feed {
  const channels = new Map<string, Map<Encode, Channel>>();
  const dirty = new Set<string>();
  const slices = createWorkSlices();
  let isClosed = false;
  let timers: (() => void) | null = null;

  const readers = (): number => allIn(channels).reduce((count, channel) => count + channel.readers(), 0);
  const flush = (): void => {
    const keys = [...dirty];
    dirty.clear();
    for (const key of keys) for (const channel of channels.get(key)?.values() ?? []) channel.wake();
  };
  const mark = (key: string): void => {
    if (!channels.has(key)) return;
    // Not at once: the caller of the commit is still busy with it, and several commits may come together.
    if (dirty.size === 0) setImmediate(flush);
    dirty.add(key);
  };
  const unsubscribe = engine.subscribe((events) => {
    if (channels.size === 0) return;
    for (const { run_id } of events) mark(run_id);
    mark(allKey);
  });
  const forget = (key: string, encode: Encode): void => {
    const found = channels.get(key);
    found?.delete(encode);
    if (found?.size === 0) channels.delete(key);
    if (channels.size > 0 || !timers) return;
    timers();
    timers = null;
  };
  const channelOf = (topic: Topic, encode: Encode): Channel => {
    // Before the channel looks where its end is: a commit of another process after that is noticed.
    timers ??= startTimers(store, channels, mark);
    const key = topic.kind === "all" ? allKey : topic.run_id;
    const found = channels.get(key) ?? new Map<Encode, Channel>();
    channels.set(key, found);
    let channel = found.get(encode);
    if (!channel) {
      channel = createChannel(store, topic, encode, { slices, onEmpty: () => forget(key, encode) });
      found.set(encode, channel);
    }
    return channel;
  };
  return {
    open: (topic, after, encode, failed) => {
      if (isClosed) return new Blob([]).stream();
      return channelOf(topic, encode).open(after, failed);
    },
    readers,
    close: () => {
      isClosed = true;
      unsubscribe();
      for (const channel of allIn(channels)) channel.close();
      timers?.();
      timers = null;
    },
  };
}

/** No run id has a space in it. */
const allKey = "all executions";

function allIn(channels: ReadonlyMap<string, ReadonlyMap<Encode, Channel>>): Channel[] {
  return [...channels.values()].flatMap((found) => [...found.values()]);
}

function startTimers(
  store: Store,
  channels: ReadonlyMap<string, ReadonlyMap<Encode, Channel>>,
  mark: (key: string) => void,
): () => void {
  let version = store.dataVersion();
  const look = (): void => {
    const now = store.dataVersion();
    if (now === version) return;
    version = now;
    for (const key of channels.keys()) mark(key);
  };
  const poll = setInterval(() => {
    try {
      look();
    } catch (error) {
      for (const channel of allIn(channels)) channel.fail(error);
    }
  }, pollMs);
  const heartbeat = setInterval(() => {
    for (const channel of allIn(channels)) channel.beat();
  }, heartbeatMs);
  return () => {
    clearInterval(poll);
    clearInterval(heartbeat);
  };
}

import type { Engine } from "../../engine/engine.ts";
import type { TextDelta } from "../../execution/partial-message.ts";
import type { Store } from "../../store/database.ts";
import { createPartialMessages } from "./partial-messages.ts";
import { createChannel, type Channel, type Encoding, type OnFailure, type Topic } from "./feed-channel.ts";
import { createWorkSlices } from "./work-slices.ts";

const pollMs = 25;
const heartbeatMs = 15_000;

/**
 * Streams the stored events, live, to any number of readers. One look at the database finds other processes' commits
 * for all of them; an event is read and encoded once for all readers of a topic that are at its end.
 */
export interface Feed {
  /** A stream of a topic's events after a place (an event's `seq`; of all executions: its number). */
  open(topic: Topic, after: number, encode: Encoding, failed: OnFailure): ReadableStream<Uint8Array>;
  /** The message that the agent of a stage is writing, as far as it is known; null when it writes none. */
  partialOf(runId: string, stageId: string): TextDelta | null;
  readers(): number;
  /** Ends every stream; they can be resumed elsewhere. */
  close(): void;
}

export function createFeed(store: Store, engine: Pick<Engine, "subscribe" | "followPartials">): Feed {
  const channels = new Map<string, Map<Encoding, Channel>>();
  const slices = createWorkSlices();
  let isClosed = false;
  let timers: (() => void) | null = null;

  const readers = (): number => allIn(channels).reduce((count, channel) => count + channel.readers(), 0);
  const mark = wakeTogether(channels);
  const unsubscribe = engine.subscribe((events) => {
    if (channels.size === 0) return;
    for (const { run_id } of events) mark(run_id);
    mark(allKey);
  });
  const partials = createPartialMessages(engine, mark);
  const forget = (key: string, encode: Encoding): void => {
    const found = channels.get(key);
    found?.delete(encode);
    if (found?.size === 0) channels.delete(key);
    if (channels.size > 0 || !timers) return;
    timers();
    timers = null;
  };
  const channelOf = (topic: Topic, encode: Encoding): Channel => {
    // Before the channel looks where its end is: a commit of another process after that is noticed.
    timers ??= startTimers(store, channels, mark);
    const key = topic.kind === "all" ? allKey : topic.run_id;
    const found = channels.get(key) ?? new Map<Encoding, Channel>();
    channels.set(key, found);
    let channel = found.get(encode);
    if (!channel) {
      channel = createChannel(store, topic, encode, {
        slices,
        partials: () => partials.of(key),
        onEmpty: () => forget(key, encode),
      });
      found.set(encode, channel);
    }
    return channel;
  };
  return {
    open: (topic, after, encode, failed) => {
      if (isClosed) return new Blob([]).stream();
      return channelOf(topic, encode).open(after, failed);
    },
    partialOf: (runId, stageId) => partials.of(runId).find(({ stage_id }) => stage_id === stageId) ?? null,
    readers,
    close: () => {
      isClosed = true;
      unsubscribe();
      partials.close();
      for (const channel of allIn(channels)) channel.close();
      timers?.();
      timers = null;
    },
  };
}

/** Wakes the channels of a topic, after whatever is under way: several commits may come together. */
function wakeTogether(channels: ReadonlyMap<string, ReadonlyMap<Encoding, Channel>>): (key: string) => void {
  const dirty = new Set<string>();
  const flush = (): void => {
    const keys = [...dirty];
    dirty.clear();
    for (const key of keys) for (const channel of channels.get(key)?.values() ?? []) channel.wake();
  };
  return (key) => {
    if (!channels.has(key)) return;
    if (dirty.size === 0) setImmediate(flush);
    dirty.add(key);
  };
}

/** No run id has a space in it. */
const allKey = "all executions";

function allIn(channels: ReadonlyMap<string, ReadonlyMap<Encoding, Channel>>): Channel[] {
  return [...channels.values()].flatMap((found) => [...found.values()]);
}

function startTimers(
  store: Store,
  channels: ReadonlyMap<string, ReadonlyMap<Encoding, Channel>>,
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

import { setTimeout as pause } from "node:timers/promises";
import { render, type Html } from "../../../views/jsx/jsx-runtime.ts";
import { eventStream } from "../event-stream.ts";
import type { Topic } from "../feed-channel.ts";
import type { Context } from "../server-parts.ts";

/** At most ten messages a second, however much happens: a page is drawn no faster. */
const shortestMs = 100;
const heartbeat = ":\n\n";
const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** What a page follows. */
export interface PageFeed {
  topic: Topic;
  /** The place in the feed the page was drawn at. */
  after: number;
  /** What has changed since the last time, as messages of the stream; "" when nothing has. */
  changes: () => string | Promise<string>;
  /** True when nothing more can come: the page need not ask again. A server that stops is no such end. */
  isOver: () => boolean;
}

/** The feed only wakes these streams: what they send is read from the database, so that many events are one message. */
const wake = (): string => "!";

/** A page's stream: parts of the page as they change. */
export function pageStream(context: Context, { topic, after, changes, isOver }: PageFeed): Response {
  const source = context.feed.open(topic, after, wake).getReader();
  let sentAt = 0;
  const next = async (): Promise<string | null> => {
    const { done, value } = await source.read();
    if (done) return null;
    const text = decoder.decode(value);
    if (!text.includes("!")) return text.includes("retry") ? text : heartbeat;
    const wait = sentAt + shortestMs - performance.now();
    if (wait > 0) await pause(wait);
    sentAt = performance.now();
    return changes();
  };
  return eventStream(
    new ReadableStream<Uint8Array>({
      pull: async (controller) => {
        for (;;) {
          const text = await next();
          if (text === null) {
            controller.enqueue(
              encoder.encode((await changes()) + (isOver() ? message("ended", "over") : "")),
            );
            return controller.close();
          }
          if (text === "") continue;
          return controller.enqueue(encoder.encode(text));
        }
      },
      cancel: () => source.cancel(),
    }),
  );
}

/** A message that the page's script hears of by its name. */
export function message(name: string, data: string): string {
  return `event: ${name}\ndata: ${data}\n\n`;
}

/** Parts of the page to be swapped, all in one message; a stream that breaks goes on after `id`. */
export function fragments(id: string, parts: readonly Html[]): string {
  if (parts.length === 0) return `id: ${id}\n\n`;
  const lines = parts
    .map(render)
    .join("\n")
    .split(/\r\n|\r|\n/);
  return `id: ${id}\n${lines.map((line) => `data: ${line}\n`).join("")}\n`;
}

import { setTimeout as pause } from "node:timers/promises";
import { render, type Html } from "../../../views/jsx/jsx-runtime.ts";
import { eventStream } from "../stream/event-stream.ts";
import type { Encoding, Topic } from "../stream/feed-channel.ts";
import { recordFailure } from "../server/record-failure.ts";
import type { Context } from "../server/server-parts.ts";

/** At most ten messages a second, so that a page is not redrawn more often, however much happens. */
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
  /** True when nothing more can come, so that the page need not ask again. A stopping server is no such end. */
  isOver: () => boolean;
}

/**
 * The feed only wakes these streams; what they send is read from the database, so that many events become one message.
 */
const wake: Encoding = { event: () => "!", delta: () => "!" };

/** A page's stream: parts of the page as they change. What goes wrong once it has begun is told by the log alone. */
export function pageStream(context: Context, request: Request, page: PageFeed): Response {
  const { topic, after, changes, isOver } = page;
  let isLeft = false;
  const recordUnlessLeft = (error: unknown): void => {
    // A page that is left while something is drawn for it misses nothing, and the database may be closed by then.
    if (!isLeft) recordFailure({ error, request, context });
  };
  const source = context.feed.open(topic, after, wake, recordUnlessLeft).getReader();
  const recordIfItFails = async (read: () => string | Promise<string>): Promise<string> => {
    try {
      return await read();
    } catch (error) {
      recordUnlessLeft(error);
      throw error;
    }
  };
  const last = async (): Promise<string> => (await changes()) + (isOver() ? message("ended", "over") : "");
  let sentAt = 0;
  const next = async (): Promise<string | null> => {
    const { done, value } = await source.read();
    if (done) return null;
    const text = decoder.decode(value);
    if (!text.includes("!")) return text.includes("retry") ? text : heartbeat;
    const wait = sentAt + shortestMs - performance.now();
    if (wait > 0) await pause(wait);
    sentAt = performance.now();
    return recordIfItFails(changes);
  };
  return eventStream(
    new ReadableStream<Uint8Array>({
      pull: async (controller) => {
        for (;;) {
          const text = await next();
          if (text === null) {
            controller.enqueue(encoder.encode(await recordIfItFails(last)));
            return controller.close();
          }
          if (text === "") continue;
          return controller.enqueue(encoder.encode(text));
        }
      },
      cancel: () => {
        isLeft = true;
        return source.cancel();
      },
    }),
    (ended) => context.sessions.follow(request, ended),
    message("logged-out", "now"),
  );
}

/** A message that the page's script receives by its name. */
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

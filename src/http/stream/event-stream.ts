import { AppError } from "../../errors.ts";

/** Calls back when the session of the reader has ended; returns the way to cancel that. */
export type Follow = (ended: () => void) => () => void;

/**
 * An answer that is a stream of server-sent events. It ends with the session of its reader, after sending `farewell`.
 */
export function eventStream(body: ReadableStream<Uint8Array>, follow: Follow, farewell = ""): Response {
  return new Response(withSession(body, follow, farewell), {
    headers: {
      "content-type": "text/event-stream; charset=utf-8",
      "cache-control": "no-cache, no-transform",
      // A proxy that collects an answer before it passes it on would delay a live stream.
      "x-accel-buffering": "no",
    },
  });
}

function withSession(
  body: ReadableStream<Uint8Array>,
  follow: Follow,
  farewell: string,
): ReadableStream<Uint8Array> {
  const reader = body.getReader();
  let leave = (): void => {};
  let isOver = false;
  return new ReadableStream<Uint8Array>(
    {
      start: (controller) => {
        leave = follow(() => {
          isOver = true;
          if (farewell !== "") controller.enqueue(new TextEncoder().encode(farewell));
          controller.close();
          void reader.cancel();
        });
      },
      pull: async (controller) => {
        try {
          const { done, value } = await reader.read();
          if (isOver) return;
          if (!done) return controller.enqueue(value);
        } catch (error) {
          leave();
          throw error;
        }
        leave();
        controller.close();
      },
      cancel: () => {
        leave();
        return reader.cancel();
      },
    },
    // Chunks that are not taken wait in the stream behind this one, which checks how much that is.
    { highWaterMark: 0 },
  );
}

/** What a client has already: `Last-Event-ID` of one that comes back, over `?after=` of the address; null: nothing. */
export function resumeAfter(request: Request, after: number | undefined): number | null {
  const given = request.headers.get("last-event-id");
  if (given === null || given === "") return after ?? null;
  if (/^\d{1,15}$/.test(given)) return Number(given);
  throw new AppError(
    "invalid_usage",
    `Last-Event-ID is "${given.slice(0, 50)}", which is not an event's number`,
  );
}

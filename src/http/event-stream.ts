import { AppError } from "../errors.ts";

/** An answer that is a stream of server-sent events. */
export function eventStream(body: ReadableStream<Uint8Array>): Response {
  return new Response(body, {
    headers: {
      "content-type": "text/event-stream; charset=utf-8",
      "cache-control": "no-cache, no-transform",
      // A proxy that collects an answer before it passes it on would make a live stream a late one.
      "x-accel-buffering": "no",
    },
  });
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

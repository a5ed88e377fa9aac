/** One server-sent event; `event` is null for a comment. */
export interface SentEvent {
  id: number;
  event: string;
  data: { seq: number; run_id: string; type: string; stage_id: string | null; data: unknown };
}

/** Reads a stream of events until it ends or `enough` returns true; then it cancels the stream. */
export async function readEvents(
  response: Response,
  enough: (events: readonly SentEvent[]) => boolean = () => false,
): Promise<SentEvent[]> {
  const events: SentEvent[] = [];
  if (!response.body) return events;
  const decoder = new TextDecoder();
  let text = "";
  for await (const bytes of response.body) {
    text += decoder.decode(bytes, { stream: true });
    const blocks = text.split("\n\n");
    text = blocks.pop() ?? "";
    for (const block of blocks) {
      const event = sentEvent(block);
      if (event) events.push(event);
      // Leaving the loop cancels the stream.
      if (enough(events)) return events;
    }
  }
  return events;
}

function sentEvent(block: string): SentEvent | null {
  const fields = new Map(
    block.split("\n").map((line) => {
      const at = line.indexOf(":");
      return [line.slice(0, at), line.slice(at + 1).trimStart()] as const;
    }),
  );
  const data = fields.get("data");
  if (data === undefined) return null;
  return {
    id: Number(fields.get("id")),
    event: fields.get("event") ?? "",
    data: JSON.parse(data) as SentEvent["data"],
  };
}

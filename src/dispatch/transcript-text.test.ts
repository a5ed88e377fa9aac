import { describe, expect, test } from "bun:test";
import { createMasks } from "../execution/masks.ts";
import type { TranscriptEvent } from "../execution/transcript.ts";
import { transcriptText } from "./transcript-text.ts";

const secret = "s3cret-token-7";
const long = "\u0001é".repeat(100_000);
const call = { kind: "tool_call", name: "Bash", tool: "run", title: "ls", input: {}, files: [] } as const;

describe("an event that is kept", () => {
  const events: TranscriptEvent[] = [
    { kind: "message", text: `${secret}${long}` },
    { kind: "thinking", text: `${secret}${long}` },
    { kind: "tool_result", id: long, parent: long, ok: true, text: secret },
    { kind: "notice", level: "info", code: long, text: secret },
    {
      ...call,
      name: long,
      title: long,
      input: { [secret]: [long, secret] },
      files: Array(5000).fill(secret),
    },
    {
      kind: "permission_request",
      call: long,
      title: secret,
      input: { a: long },
      reason: `${secret}${long}`,
    },
    {
      kind: "plan",
      entries: Array.from({ length: 500 }, () => ({
        text: `${secret} ${long.slice(0, 2000)}`,
        status: long.slice(0, 2000),
      })),
    },
    { kind: "usage", input: 1, cache_read: 2, cache_write: 3, output: 4 },
  ];
  test.each(events.map((event) => [event.kind, event] as const))(
    "has 64 KiB at most and no secret in it: %s",
    (kind, event) => {
      const text = transcriptText(event, createMasks([secret]));
      expect(Buffer.byteLength(text)).toBeLessThanOrEqual(64 * 1024);
      expect(text).not.toContain(secret);
      expect(JSON.parse(text).kind).toBe(kind);
    },
  );

  test("keeps everything that is short enough", () => {
    const event: TranscriptEvent = {
      ...call,
      id: "c1",
      input: { command: "ls", deep: [{ a: 1 }] },
      files: ["/a"],
    };
    expect(JSON.parse(transcriptText(event, createMasks()))).toEqual(event);
  });
});

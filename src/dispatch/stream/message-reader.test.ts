import { describe, expect, test } from "bun:test";
import { createMasks } from "../../execution/masks.ts";
import { openMessageReader, type MessageReader } from "./message-reader.ts";

function openReader(): MessageReader {
  return openMessageReader("agent", createMasks(), () => ({
    events: [],
    unknown: [],
    endsTurn: false,
    isNeeded: false,
  }));
}

function hear(reader: MessageReader, stream: "stdout" | "stderr", text: string): boolean[] {
  return text.split("\n").map((line) => {
    const bytes = Buffer.from(line);
    return reader.hear(stream, bytes, bytes.length).isToKeep;
  });
}

describe("a program that does not know an option says so", () => {
  const cases: [says: string, stderr: string, line: string | null][] = [
    ["in one line", "error: unknown option '--effort'", "error: unknown option '--effort'"],
    [
      "with a suggestion",
      "error: unknown option '--efort'\n(Did you mean --effort?)",
      "error: unknown option '--efort'",
    ],
    [
      "between other lines",
      "WARNING: proceeding\nerror: unexpected argument '--json' found\n\nUsage: codex exec\n\nFor more information, try '--help'.",
      "error: unexpected argument '--json' found",
    ],
    [
      "of a command within it",
      "error: unrecognized subcommand 'exec'",
      "error: unrecognized subcommand 'exec'",
    ],
    ["after its help", "Usage: gemini [options]\n\nUnknown argument: acp", "Unknown argument: acp"],
    ["of something else", "the model answered: unknown option", null],
    ["without words of its own", "Segmentation fault", null],
  ];
  test.each(cases)("%s", (_, stderr, line) => {
    const reader = openReader();
    const kept = hear(reader, "stderr", stderr);
    expect(reader.unknownOption).toBe(line);
    // A later engine must be able to read it again.
    expect(kept).toEqual(stderr.split("\n").map((text) => text === line));
  });

  test.each(["before", "after"] as const)("but not where it has spoken %s it", (when) => {
    const reader = openReader();
    if (when === "before") hear(reader, "stdout", '{"type":"system"}');
    hear(reader, "stderr", "error: unknown option '--x'");
    if (when === "after") hear(reader, "stdout", '{"type":"system"}');
    expect(reader.unknownOption).toBeNull();
  });
});

import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { claudeSamples } from "../../testing/fake-claude.ts";
import { fieldsField, listField, parseFields, textField, type Fields } from "../stream/fields.ts";
import { openPieceReader } from "./text-pieces.ts";

function sample(name: string): Fields[] {
  const lines = readFileSync(join(claudeSamples, `${name}.jsonl`), "utf8")
    .trim()
    .split("\n");
  return lines.map(parseFields).filter((message) => message !== null);
}

/** The texts that claude tells whole, without those of sub-agents. */
function wholeTexts(messages: readonly Fields[]): string[] {
  return messages
    .filter(
      (each) => textField(each, "type") === "assistant" && textField(each, "parent_tool_use_id") === null,
    )
    .flatMap((each) => listField(fieldsField(each, "message"), "content"))
    .flatMap((block) => (textField(block, "type") === "text" ? (textField(block, "text") ?? []) : []));
}

test("the pieces of a message are together what claude then tells whole", () => {
  const messages = sample("tools-and-sub-agent");
  const reader = openPieceReader();
  const written = new Map<string, string>();
  for (const each of messages) {
    const piece = reader.hear(each);
    if (piece) written.set(piece.message, (written.get(piece.message) ?? "") + piece.text);
  }
  expect([...written.values()]).toEqual(["no tool TaskCreate offered"]);
  expect(wholeTexts(messages)).toContain("no tool TaskCreate offered");
});

test("what a sub-agent writes and what the model thinks are no pieces of a message", () => {
  const reader = openPieceReader();
  const partial = (delta: object, parent: string | null): Fields => ({
    type: "stream_event",
    event: { type: "content_block_delta", index: 0, delta },
    parent_tool_use_id: parent,
  });
  expect(reader.hear(partial({ type: "text_delta", text: "below" }, "a1"))).toBeNull();
  expect(reader.hear(partial({ type: "thinking_delta", thinking: "why" }, null))).toBeNull();
  expect(reader.hear(partial({ type: "text_delta", text: "here" }, null))).toEqual({
    message: ".0",
    text: "here",
  });
});

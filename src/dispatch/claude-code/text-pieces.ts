import type { TextPiece } from "../dispatcher.ts";
import { fieldsField, numberField, textField, type Fields } from "../stream/fields.ts";

/**
 * The pieces in which claude tells a message before it is whole (`--include-partial-messages`). What a sub-agent writes
 * is left out, because it belongs elsewhere; so is what the model thinks.
 */
export function openPieceReader(): { hear(message: Fields): TextPiece | null } {
  let id = "";
  return {
    hear(message) {
      if (textField(message, "type") !== "stream_event") return null;
      if (textField(message, "parent_tool_use_id") !== null) return null;
      const event = fieldsField(message, "event");
      const type = textField(event, "type");
      if (type === "message_start") id = textField(fieldsField(event, "message"), "id") ?? "";
      const delta = type === "content_block_delta" ? fieldsField(event, "delta") : null;
      const text = textField(delta, "type") === "text_delta" ? textField(delta, "text") : null;
      if (text === null || text === "") return null;
      // Each block of text becomes a message of its own.
      return { message: `${id}.${numberField(event, "index") ?? 0}`, text };
    },
  };
}

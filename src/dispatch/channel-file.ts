import { closeSync, constants, fstatSync, openSync, readSync } from "node:fs";
import { isObject } from "../expression/own-property.ts";
import { parseJson } from "../expression/parse-json.ts";
import { kindOf } from "../expression/value-kind.ts";

export type ChannelText = { text: string } | { problem: string };

/** The whole text of a file that an agent wrote, at most `most` bytes; the file may be anything at all. */
export function readChannel(file: string, most: number): ChannelText {
  let handle: number;
  try {
    // A pipe in place of the file would keep us waiting.
    handle = openSync(file, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch (error) {
    return { problem: `cannot be read: ${error instanceof Error ? error.message : String(error)}` };
  }
  try {
    const facts = fstatSync(handle);
    if (!facts.isFile()) return { problem: "is not a file" };
    if (facts.size > most) {
      return { problem: `has ${facts.size} bytes; ${most} at most` };
    }
    const bytes = Buffer.alloc(facts.size);
    let length = 0;
    for (let count = -1; count !== 0 && length < bytes.length; length += count) {
      count = readSync(handle, bytes, length, bytes.length - length, length);
    }
    return { text: decoder.decode(bytes.subarray(0, length)) };
  } catch (error) {
    if (error instanceof TypeError) return { problem: "is not UTF-8" };
    return { problem: `cannot be read: ${error instanceof Error ? error.message : String(error)}` };
  } finally {
    closeSync(handle);
  }
}

/** Reads a JSON object. The problem says why the text is none, or why its value cannot be kept as it is. */
export function parseObject(text: string): { object: Record<string, unknown> } | { problem: string } {
  const parsed = parseJson(text, deepest);
  if ("problem" in parsed) return parsed;
  const { value } = parsed;
  if (isObject(value)) return { object: { ...value } };
  return { problem: `must be a JSON object, not ${kindOf(value)}` };
}

const deepest = 256;
const decoder = new TextDecoder("utf-8", { fatal: true });

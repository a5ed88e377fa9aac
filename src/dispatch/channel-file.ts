import { closeSync, constants, fstatSync, openSync, readSync } from "node:fs";

export type ChannelText = { text: string } | { problem: string };

/** The whole text of a file that an agent wrote, `most` bytes at most; it may be anything at all. */
export function readChannel(file: string, most: number): ChannelText {
  let handle: number;
  try {
    // A pipe in its place would keep us waiting.
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

/** `{}` and its like. The problem says how it is no JSON object, or one too deep to be handled. */
export function parseObject(text: string): { object: Record<string, unknown> } | { problem: string } {
  if (depthOf(text) > deepest) return { problem: `is nested deeper than ${deepest}` };
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return { problem: `is not JSON: ${error instanceof Error ? error.message : String(error)}` };
  }
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return { object: { ...value } };
  const kind = Array.isArray(value) ? "an array" : value === null ? "null" : `a ${typeof value}`;
  return { problem: `must be a JSON object, not ${kind}` };
}

const deepest = 256;
const decoder = new TextDecoder("utf-8", { fatal: true });

/** Brackets in strings do not count. */
function depthOf(text: string): number {
  let depth = 0;
  let most = 0;
  let isInText = false;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (isInText) {
      if (code === 0x5c) at++;
      else if (code === 0x22) isInText = false;
    } else if (code === 0x22) isInText = true;
    else if (code === 0x5b || code === 0x7b) most = Math.max(most, ++depth);
    else if (code === 0x5d || code === 0x7d) depth--;
  }
  return most;
}

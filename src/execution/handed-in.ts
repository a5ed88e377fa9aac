import type { Value } from "../expression/value.ts";

/** What an attempt handed in although it failed, each part bounded. */
export interface HandedIn {
  /** The outputs as they were given; a text where they are none, or too long to be kept whole. */
  outputs: Value;
  text: string | null;
  exit_code: number | null;
}

const mostBytes = 64 * 1024;
const cut = " … (cut)";

/** Null when there was nothing at all. */
export function collectHandedIn(given: {
  outputs?: unknown;
  text?: string | undefined;
  exit_code?: number | null | undefined;
}): HandedIn | null {
  const outputs = boundedValue((given.outputs ?? null) as Value);
  const text = given.text === undefined ? null : cutText(given.text);
  const exit_code = given.exit_code ?? null;
  return outputs === null && text === null && exit_code === null ? null : { outputs, text, exit_code };
}

function boundedValue(value: Value): Value {
  if (typeof value === "string") return cutText(value);
  const text = JSON.stringify(value);
  return Buffer.byteLength(text) <= mostBytes ? value : cutText(text);
}

function cutText(text: string): string {
  if (text.length * 3 <= mostBytes || Buffer.byteLength(text) <= mostBytes) return text;
  const bytes = Buffer.from(text.slice(0, mostBytes)).subarray(0, mostBytes - Buffer.byteLength(cut));
  return `${bytes.toString().replace(/\uFFFD+$/, "")}${cut}`;
}

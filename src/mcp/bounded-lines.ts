/** A line without its end; `rest` is how many bytes in its middle were left out because it is too long. */
export interface BoundedLine {
  bytes: Buffer;
  rest: number;
}

/** Of a line that is too long only this much is kept at either end: it may tell which request it was. */
const keptOfLong = 4096;

/** Splits a stream into lines, of which each holds at most so many bytes in memory. An unfinished last line counts. */
export async function* boundedLines(
  chunks: AsyncIterable<Uint8Array>,
  longestBytes: number,
): AsyncGenerator<BoundedLine> {
  let held: Buffer[] = [];
  let length = 0;
  let tail: Buffer = Buffer.alloc(0);

  function hold(bytes: Buffer): void {
    const kept = bytes.subarray(0, Math.max(0, longestBytes - length));
    if (kept.length > 0) held.push(kept);
    length += bytes.length;
    if (length > longestBytes) tail = Buffer.concat([tail, bytes]).subarray(-keptOfLong);
  }

  function give(): BoundedLine {
    const whole = Buffer.concat(held);
    const isLong = length > longestBytes;
    const bytes = isLong ? Buffer.concat([whole.subarray(0, keptOfLong), tail]) : whole;
    const line = { bytes, rest: isLong ? length - bytes.length : 0 };
    held = [];
    length = 0;
    tail = Buffer.alloc(0);
    return line;
  }

  for await (const each of chunks) {
    const chunk = Buffer.from(each.buffer, each.byteOffset, each.byteLength);
    let start = 0;
    for (let at = chunk.indexOf(10); at >= 0; at = chunk.indexOf(10, start)) {
      hold(chunk.subarray(start, at));
      start = at + 1;
      yield give();
    }
    if (start < chunk.length) hold(Buffer.from(chunk.subarray(start)));
  }
  if (length > 0) yield give();
}

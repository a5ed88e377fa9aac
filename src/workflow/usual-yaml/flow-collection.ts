import type { SourceEntry, SourceList, SourceMapping, SourceNode } from "../source-node.ts";
import { keyText, readInlineScalar } from "./inline-scalar.ts";
import { addEntry, enterNesting, leaveNesting } from "./nesting.ts";
import { codes, isDocumentMark, skipComment, skipSpaces, throwUnusual, type Reading } from "./reading.ts";

/**
 * A list in brackets or a map in braces, on one line or several. All lines but the first are further in than `inside`;
 * the one with the bracket that closes the outermost may stand right at it. Afterwards `at` is behind that bracket.
 */
export function readFlowCollection(reading: Reading, inside: number): SourceMapping | SourceList {
  return readNestedFlow(reading, { inside, isOutermost: true });
}

interface Surroundings {
  inside: number;
  isOutermost: boolean;
}

function readNestedFlow(reading: Reading, around: Surroundings): SourceMapping | SourceList {
  enterNesting(reading);
  const isMap = reading.text.charCodeAt(reading.at) === codes.openBrace;
  reading.at++;
  reading.pieces += 2;
  const built = isMap ? readMap(reading, around) : readList(reading, around);
  leaveNesting(reading);
  return built;
}

function readMap(reading: Reading, around: Surroundings): SourceMapping {
  const start = reading.at - 1;
  const entries = new Map<string, SourceEntry>();
  const inner = { ...around, isOutermost: false };
  while (nextItem(reading, around, entries.size === 0, codes.closeBrace)) {
    const key = readInlineScalar(reading, true);
    if (skipSpaces(reading) !== codes.colon) throwUnusual();
    reading.at++;
    reading.pieces++;
    skipBetween(reading, inner);
    addEntry(entries, keyText(key), key, readItem(reading, inner));
  }
  return { kind: "map", entries, start, end: reading.at, origin: null };
}

function readList(reading: Reading, around: Surroundings): SourceList {
  const start = reading.at - 1;
  const items: SourceNode[] = [];
  const inner = { ...around, isOutermost: false };
  while (nextItem(reading, around, items.length === 0, codes.closeBracket))
    items.push(readItem(reading, inner));
  return { kind: "list", items, start, end: reading.at, origin: null };
}

/** Goes to the next item, over the comma before it, or behind the bracket that closes the collection: then false. */
function nextItem(reading: Reading, around: Surroundings, isFirst: boolean, close: number): boolean {
  let code = skipBetween(reading, around);
  if (code === codes.comma && !isFirst) {
    reading.at++;
    reading.pieces++;
    code = skipBetween(reading, around);
  } else if (code !== close && !isFirst) throwUnusual();
  if (code !== close) return true;
  reading.at++;
  return false;
}

function readItem(reading: Reading, around: Surroundings): SourceNode {
  const code = reading.text.charCodeAt(reading.at);
  return code === codes.openBrace || code === codes.openBracket
    ? readNestedFlow(reading, around)
    : readInlineScalar(reading, true);
}

/** Goes over blanks, line ends and comments inside a collection; what stands there. */
function skipBetween(reading: Reading, { inside, isOutermost }: Surroundings): number {
  const { text } = reading;
  for (;;) {
    const before = text.charCodeAt(reading.at - 1);
    const from = reading.at;
    const code = skipSpaces(reading);
    if (code === codes.newline) {
      reading.at++;
      reading.pieces++;
    } else if (code === codes.hash) {
      // The library refuses some comments that begin a line, such as one after the end of an inner collection.
      if (from === reading.at) throwUnusual();
      skipComment(reading);
    } else {
      if (before === codes.newline) checkIndent(reading, reading.at - from, inside, isOutermost);
      return code;
    }
  }
}

function checkIndent(reading: Reading, column: number, inside: number, isOutermost: boolean): void {
  if (column === 0 && isDocumentMark(reading)) throwUnusual();
  if (column > inside) return;
  const code = reading.text.charCodeAt(reading.at);
  const closes = code === codes.closeBrace || code === codes.closeBracket;
  if (!closes || !isOutermost || column < inside) throwUnusual();
}

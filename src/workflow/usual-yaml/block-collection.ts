import type { SourceEntry, SourceList, SourceMapping, SourceNode, SourceScalar } from "../source-node.ts";
import { readBlockScalar } from "./block-scalar.ts";
import { readFlowCollection } from "./flow-collection.ts";
import { keyText, readInlineScalar } from "./inline-scalar.ts";
import { addEntry, enterNesting, leaveNesting } from "./nesting.ts";
import {
  codes,
  findNextLine,
  finishLine,
  isBlank,
  isLineEnd,
  skipRestOfLine,
  skipSpaces,
  throwUnusual,
  type Reading,
} from "./reading.ts";

/** Longer keys are errors in some places. */
const longestKey = 1000;

/** With more items a list may be one of too many stages. */
const mostItems = 2000;

/** A map or list of lines, at whose first word `at` and `column` are. Afterwards they are at the next line's. */
export function readBlockCollection(reading: Reading): SourceMapping | SourceList {
  return isAtDash(reading) ? readBlockList(reading) : readBlockMap(reading, readKey(reading));
}

function readBlockMap(reading: Reading, firstKey: SourceScalar): SourceMapping {
  enterNesting(reading);
  const { column } = reading;
  const entries = new Map<string, SourceEntry>();
  let key = firstKey;
  for (;;) {
    const value = isLineDone(reading) ? readBelowKey(reading, column) : readBeside(reading, column);
    addEntry(entries, keyText(key), key, value);
    if (reading.column !== column) break;
    key = readKey(reading);
  }
  const end = finishBlock(reading, column);
  return { kind: "map", entries, start: firstKey.start, end, origin: null };
}

function readBlockList(reading: Reading): SourceList {
  enterNesting(reading);
  const { column, at: start } = reading;
  const items: SourceNode[] = [];
  do {
    const dash = reading.at++;
    reading.pieces++;
    if (isLineDone(reading)) items.push(readBelowDash(reading, column));
    else {
      reading.column = column + reading.at - dash;
      items.push(readBehindDash(reading, column));
    }
    if (items.length > mostItems) throwUnusual();
  } while (reading.column === column && isAtDash(reading));
  const end = finishBlock(reading, column);
  return { kind: "list", items, start, end, origin: null };
}

/**
 * Where the content of a collection ends. Comments as far in as its items, or further, belong to it: it then takes
 * everything up to the next line.
 */
function finishBlock(reading: Reading, column: number): number {
  if (reading.column > column) throwUnusual();
  leaveNesting(reading);
  const end = reading.taken;
  if (column > 0 && reading.comments >= column) {
    reading.taken = reading.at;
    reading.comments = -1;
  }
  return end;
}

function readBehindDash(reading: Reading, column: number): SourceNode {
  if (isAtDash(reading)) return readBlockList(reading);
  if (!isScalarStart(reading.text.charCodeAt(reading.at))) return readBeside(reading, column);
  const scalar = readInlineScalar(reading, false);
  if (!isAtColon(reading)) return finishValue(reading, scalar, column);
  finishKey(reading, scalar);
  return readBlockMap(reading, scalar);
}

function readBelowDash(reading: Reading, column: number): SourceNode {
  skipRestOfLine(reading);
  findNextLine(reading, null);
  return reading.column > column ? readBlockCollection(reading) : throwUnusual();
}

/** The value on the line of its key or dash. */
function readBeside(reading: Reading, column: number): SourceNode {
  const code = reading.text.charCodeAt(reading.at);
  if (code === codes.bar || code === codes.greater) {
    const scalar = readBlockScalar(reading, column);
    findNextLine(reading, null);
    return scalar;
  }
  const value = isScalarStart(code) ? readInlineScalar(reading, false) : readFlowCollection(reading, column);
  return finishValue(reading, value, column);
}

/** The value on the lines below its key; a list may stand right at the key. Null where there is none. */
function readBelowKey(reading: Reading, column: number): SourceNode {
  const { at: place } = reading;
  const isCommented = reading.text.charCodeAt(place) === codes.hash;
  skipRestOfLine(reading);
  findNextLine(reading, null);
  if (reading.column > column || (reading.column === column && isAtDash(reading)))
    return readBlockCollection(reading);
  if (isCommented || reading.comments >= 0) throwUnusual();
  reading.taken = place;
  return { kind: "scalar", value: null, style: "plain", start: place, end: place, origin: null };
}

function finishValue(reading: Reading, value: SourceNode, column: number): SourceNode {
  finishLine(reading);
  reading.taken = reading.at;
  findNextLine(reading, column);
  return value;
}

function readKey(reading: Reading): SourceScalar {
  const key = readInlineScalar(reading, false);
  if (!isAtColon(reading)) throwUnusual();
  finishKey(reading, key);
  return key;
}

/** Goes behind the colon of a key. */
function finishKey(reading: Reading, { start }: SourceScalar): void {
  skipSpaces(reading);
  if (reading.at - start > longestKey) throwUnusual();
  reading.at++;
  reading.pieces++;
}

function isAtColon({ text, at }: Reading): boolean {
  let colon = at;
  while (text.charCodeAt(colon) === codes.space) colon++;
  return text.charCodeAt(colon) === codes.colon && isBlank(text.charCodeAt(colon + 1));
}

function isAtDash({ text, at }: Reading): boolean {
  return text.charCodeAt(at) === codes.dash && isBlank(text.charCodeAt(at + 1));
}

/** Goes over spaces; whether nothing but a comment follows in the line. */
function isLineDone(reading: Reading): boolean {
  const code = skipSpaces(reading);
  return code === codes.hash || isLineEnd(code);
}

function isScalarStart(code: number): boolean {
  return (
    code !== codes.openBrace && code !== codes.openBracket && code !== codes.bar && code !== codes.greater
  );
}

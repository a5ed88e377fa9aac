/**
 * Where a reader of usual YAML is in a text. The names follow the `yaml` library, whose tree has to come out: what a
 * node "takes" is where its `range[2]` lies, behind the blanks, the comment and the line end that follow it.
 */
export interface Reading {
  readonly text: string;
  at: number;
  /** The column, from 0, of what stands at `at` when a line's first word is next; -1 behind the last one. */
  column: number;
  /** The deepest column of a comment between the last value and `at`, if it is not yet anyone's; -1 for none. */
  comments: number;
  /** Behind what the node that was read last takes. */
  taken: number;
  depth: number;
  /** At least as many as the library's lexer makes of what was read, so that its limit is kept. */
  pieces: number;
}

/** The text is nothing for this reader, right or wrong: the library is asked. */
export class UnusualYaml extends Error {
  override name = "UnusualYaml";
}

export const codes = {
  tab: 9,
  newline: 10,
  space: 32,
  exclamation: 33,
  doubleQuote: 34,
  hash: 35,
  percent: 37,
  ampersand: 38,
  singleQuote: 39,
  asterisk: 42,
  plus: 43,
  comma: 44,
  dash: 45,
  dot: 46,
  colon: 58,
  greater: 62,
  question: 63,
  at: 64,
  openBracket: 91,
  backslash: 92,
  closeBracket: 93,
  backtick: 96,
  openBrace: 123,
  bar: 124,
  closeBrace: 125,
} as const;

export function throwUnusual(): never {
  throw new UnusualYaml();
}

/** Behind the spaces at `at`; what stands there. `NaN` is the end of the text. */
export function skipSpaces(reading: Reading): number {
  const { text } = reading;
  let { at } = reading;
  while (text.charCodeAt(at) === codes.space) at++;
  if (at > reading.at) reading.pieces++;
  reading.at = at;
  return text.charCodeAt(at);
}

/** A blank or the end of the text. A tab is one too, and nothing this reader goes on with. */
export function isBlank(code: number): boolean {
  return code === codes.space || code === codes.newline || code === codes.tab || Number.isNaN(code);
}

/** Goes behind the rest of a line after a value: nothing but spaces and a comment. */
export function finishLine(reading: Reading): void {
  const from = reading.at;
  const code = skipSpaces(reading);
  if (code === codes.hash) {
    if (reading.at === from) throwUnusual();
  } else if (!isLineEnd(code)) throwUnusual();
  skipRestOfLine(reading);
}

/** Goes behind a line at whose end or comment `at` is. */
export function skipRestOfLine(reading: Reading): void {
  if (reading.text.charCodeAt(reading.at) === codes.hash) skipComment(reading);
  skipLineEnd(reading);
}

export function isLineEnd(code: number): boolean {
  return code === codes.newline || Number.isNaN(code);
}

export function skipComment(reading: Reading): void {
  const end = reading.text.indexOf("\n", reading.at);
  reading.at = end < 0 ? reading.text.length : end;
  reading.pieces++;
}

function skipLineEnd(reading: Reading): void {
  if (reading.at >= reading.text.length) return;
  reading.at++;
  reading.pieces++;
}

/**
 * Goes over empty lines and comments to the next line that holds something. `inside`, the column of a value's
 * collection, is given when comments that are further in belong to that value; null when they never do.
 */
export function findNextLine(reading: Reading, inside: number | null): void {
  reading.comments = -1;
  for (;;) {
    const start = reading.at;
    const code = skipSpaces(reading);
    const column = reading.at - start;
    if (code === codes.hash) {
      skipRestOfLine(reading);
      if (inside !== null && reading.comments < 0 && column > inside) reading.taken = reading.at;
      else reading.comments = Math.max(reading.comments, column);
    } else if (code === codes.newline) skipLineEnd(reading);
    else if (Number.isNaN(code)) {
      reading.column = -1;
      return;
    } else {
      if (code === codes.tab || (column === 0 && isDocumentMark(reading))) throwUnusual();
      reading.column = column;
      return;
    }
  }
}

/** Whether the line at `at` could begin or end a document. */
export function isDocumentMark({ text, at }: Reading): boolean {
  return text.startsWith("---", at) || text.startsWith("...", at);
}

import { limits } from "../parse-tokens.ts";
import type { SourceNode } from "../source-node.ts";
import { readBlockCollection } from "./block-collection.ts";
import { readFlowCollection } from "./flow-collection.ts";
import { codes, findNextLine, finishLine, throwUnusual, UnusualYaml, type Reading } from "./reading.ts";

/** Carriage returns among them, and marks of the byte order: the library knows all about them. */
// oxlint-disable-next-line no-control-regex
const unusualCharacters = /[\0-\x08\x0b-\x1f\ufeff]/;

/** Empty lines and comments up to a line of three dashes. */
const documentStart = /^(?: *(?:#[^\n]*)?\n)*--- *\n/;

/**
 * The tree of a text in the YAML (or JSON) that people usually write, many times faster than the `yaml` library and the
 * same to the last offset. Null for anything that is rare or wrong (anchors, tags, scalars over several lines, a key
 * that is there twice, whatever is no YAML at all): the library then reads it and says what is wrong.
 */
export function readUsualYaml(text: string): SourceNode | null {
  if (unusualCharacters.test(text)) return null;
  try {
    return readDocument(text);
  } catch (error) {
    if (error instanceof UnusualYaml) return null;
    throw error;
  }
}

function readDocument(text: string): SourceNode {
  const at = documentStart.exec(text)?.[0].length ?? 0;
  const reading: Reading = { text, at, column: 0, comments: -1, taken: 0, depth: 0, pieces: 0 };
  findNextLine(reading, null);
  const root = readRoot(reading);
  // The library counts before it reads, thus also what this reader has not told apart.
  if (reading.column >= 0 || reading.pieces * 1.1 > limits.pieces) throwUnusual();
  return root;
}

function readRoot(reading: Reading): SourceNode {
  const code = reading.text.charCodeAt(reading.at);
  if (code !== codes.openBrace && code !== codes.openBracket) return readBlockCollection(reading);
  const root = readFlowCollection(reading, -1);
  finishLine(reading);
  findNextLine(reading, null);
  return root;
}

import type { CST } from "yaml";

const styleWalk = 4000;

/** How the text is written, so that what is new looks like what is there. */
export interface TextStyle {
  isJson: boolean;
  eol: "\n" | "\r\n";
  /** Blanks that a nested map is indented by. */
  step: number;
  /** Blanks between a key and the dashes of its list. */
  dash: number;
  quote: "single" | "double";
  /** What stands behind `{` and before `}`. */
  bracePad: string;
  bracketPad: string;
  /** Lists of plain values: `[a, b]`, or a line each. */
  lists: "flow" | "block";
  /** Maps of plain values within maps of maps, such as inputs. */
  leaves: "flow" | "block";
  /** JSON: what stands behind colons and commas of one line, and what a level is indented by. */
  colon: string;
  comma: string;
  unit: string;
  /** In braces: whether texts with a colon, such as `agent:x`, stand without quotes. */
  hasPlainColons: boolean;
  /** Blank lines between parts at the top: what has many lines gets one too. */
  isAiry: boolean;
  /** Whether a text with line ends may stand behind `|`; a comment below could become part of it. */
  hasLiterals: boolean;
}

interface Counts {
  steps: Map<number, number>;
  dashes: Map<number, number>;
  units: Map<string, number>;
  single: number;
  double: number;
  padded: number;
  tight: number;
  listPadded: number;
  listTight: number;
  flowLists: number;
  blockLists: number;
  flowLeaves: number;
  blockLeaves: number;
  plainColons: number;
  quotedColons: number;
  tightColons: number;
  wideColons: number;
  tightCommas: number;
  wideCommas: number;
}

interface OpenToken {
  token: CST.Token;
  /** Of the key that the token belongs to; null at the top and in flow style. */
  column: number | null;
  isDash: boolean;
  depth: number;
}

export function textStyle(text: string, root: CST.Token | null, isJson: boolean): TextStyle {
  const counts = emptyCounts();
  const open: OpenToken[] = root ? [{ token: root, column: null, isDash: false, depth: 0 }] : [];
  // The first few thousand nodes tell.
  for (let at = 0; at < open.length && at < styleWalk; at++) {
    const next = open[at];
    if (next) look(text, next, counts, open);
  }
  const eol = /\r?\n/.exec(text)?.[0] === "\r\n" ? "\r\n" : "\n";
  return {
    isJson,
    eol,
    step: mostOf(counts.steps, 2),
    dash: mostOf(counts.dashes, 2),
    quote: counts.single > counts.double ? "single" : "double",
    bracePad: counts.tight > counts.padded ? "" : " ",
    bracketPad: counts.listPadded > counts.listTight ? " " : "",
    lists: counts.blockLists > counts.flowLists ? "block" : "flow",
    leaves: counts.flowLeaves > counts.blockLeaves ? "flow" : "block",
    colon: isJson && counts.tightColons > counts.wideColons ? "" : " ",
    comma: isJson && counts.tightCommas > counts.wideCommas ? "" : " ",
    unit: mostOf(counts.units, "  "),
    hasPlainColons: counts.plainColons > counts.quotedColons,
    isAiry: /\n\r?\n(?=[^\s#])/.test(text),
    hasLiterals: true,
  };
}

function emptyCounts(): Counts {
  const lists = { flowLists: 0, blockLists: 0, flowLeaves: 0, blockLeaves: 0 };
  const pads = { padded: 0, tight: 0, listPadded: 0, listTight: 0 };
  const gaps = {
    tightColons: 0,
    wideColons: 0,
    tightCommas: 0,
    wideCommas: 0,
    plainColons: 0,
    quotedColons: 0,
  };
  return {
    steps: new Map(),
    dashes: new Map(),
    units: new Map(),
    single: 0,
    double: 0,
    ...pads,
    ...lists,
    ...gaps,
  };
}

function look(
  text: string,
  { token, column, isDash, depth }: OpenToken,
  counts: Counts,
  open: OpenToken[],
): void {
  if (token.type === "single-quoted-scalar") counts.single++;
  if (token.type === "double-quoted-scalar") counts.double++;
  if (!("items" in token) || token.items.length === 0) return;
  const isBlock = token.type !== "flow-collection";
  const first = token.items[0];
  const start = token.type === "block-map" ? (first?.key?.offset ?? token.offset) : token.offset;
  const own = isBlock ? columnOf(text, start) : null;
  if (own !== null && column !== null && !isDash) {
    if (token.type === "block-map") count(counts.steps, own - column);
    if (token.type === "block-seq") count(counts.dashes, own - column);
  }
  if (token.type === "flow-collection") lookAtFlow(text, token, counts);
  const isPlain = token.items.every(({ value }) => !value || !("items" in value));
  if (isPlain && token.type === "block-seq") counts.blockLists++;
  if (isPlain && depth >= 4 && token.type === "block-map" && !isDash) counts.blockLeaves++;
  if (isPlain && token.type === "flow-collection") {
    if (token.start.source === "{") {
      if (depth >= 4) counts.flowLeaves++;
    } else if (isOneLine(text, token)) counts.flowLists++;
    else counts.blockLists++;
  }
  for (const { value } of token.items) {
    if (!value) continue;
    open.push({ token: value, column: own, isDash: token.type === "block-seq", depth: depth + 1 });
  }
}

function lookAtFlow(text: string, token: CST.FlowCollection, counts: Counts): void {
  for (const { start, sep, value } of token.items) {
    if (value && "source" in value && value.source.includes(":")) {
      counts[value.type === "scalar" ? "plainColons" : "quotedColons"]++;
    }
    if (start[0]?.type === "comma") counts[start.length > 1 ? "wideCommas" : "tightCommas"]++;
    if (sep?.[0]?.type === "map-value-ind") counts[sep.length > 1 ? "wideColons" : "tightColons"]++;
  }
  const inside = /[ \t]*/y;
  inside.lastIndex = token.offset + 1;
  const pad = inside.exec(text)?.[0] ?? "";
  const behind = text[inside.lastIndex] ?? "";
  const isMap = token.start.source === "{";
  if (behind === "\r" || behind === "\n") {
    const indent = /\r?\n([ \t]*)/y;
    indent.lastIndex = inside.lastIndex;
    const deeper = indent.exec(text)?.[1] ?? "";
    const own = /^[ \t]*/.exec(text.slice(text.lastIndexOf("\n", token.offset) + 1, token.offset))?.[0] ?? "";
    if (deeper.startsWith(own) && deeper !== own) count(counts.units, deeper.slice(own.length));
    return;
  }
  if (isMap) counts[pad === "" ? "tight" : "padded"]++;
  else counts[pad === "" ? "listTight" : "listPadded"]++;
}

function isOneLine(text: string, token: CST.FlowCollection): boolean {
  const closer = token.end[0];
  return closer !== undefined && !text.slice(token.offset, closer.offset).includes("\n");
}

export function columnOf(text: string, offset: number): number {
  const lineStart = text.lastIndexOf("\n", offset - 1) + 1;
  return offset - (lineStart === 0 && text.startsWith("\uFEFF") ? 1 : lineStart);
}

function count<Key>(counts: Map<Key, number>, key: Key): void {
  if (typeof key === "number" && (key < 0 || key > 8)) return;
  counts.set(key, (counts.get(key) ?? 0) + 1);
}

function mostOf<Key>(counts: Map<Key, number>, fallback: Key): Key {
  let best = fallback;
  let most = 0;
  for (const [key, times] of counts) {
    if (times <= most) continue;
    best = key;
    most = times;
  }
  return best;
}

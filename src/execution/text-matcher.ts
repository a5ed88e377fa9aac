import type { SecretForm } from "./secret-forms.ts";

/**
 * Finds many texts in one pass. The next four characters are looked up in a table of bits, and texts are compared only
 * where a bit is set. A text without secrets, as nearly every line is, costs a few operations a character.
 */
export interface TextMatcher {
  add(form: SecretForm): void;
  /** The text with everything that was found replaced. */
  replace(text: string, by: string): string;
}

const gram = 4;
/** A piece this long of a text that is known in pieces is hidden by itself. */
const pieceLength = 16;
/** A shorter text is only known as a whole. */
const shortestInPieces = 32;
/** Longer texts are known by their parts: no comparison is longer than this. */
const longestCompared = 512;
/** What a message puts where it has cut a value; the beginning of a secret before it is found as well. */
const cutMark = "…";

interface Entry {
  text: string;
  /** Where in the text the four characters stand; only a piece has a place other than 0. */
  at: number;
}

export function createTextMatcher(): TextMatcher {
  const bits = new Uint8Array(1 << 16);
  const entries = new Map<number, Entry[]>();

  function put(text: string, at: number): void {
    const hash = hashAt(text, at);
    bits[hash] = 1;
    const bucket = entries.get(hash);
    if (bucket) bucket.push({ text, at });
    else entries.set(hash, [{ text, at }]);
  }

  function add({ text, inPieces }: SecretForm): void {
    for (const part of partsOf(text)) put(part, 0);
    if (!inPieces || text.length < shortestInPieces) return;
    // The beginning and the end are found however little of the rest is there.
    put(text.slice(0, pieceLength), 0);
    put(text, text.length - pieceLength);
    const pieces = new Set<string>();
    for (let at = pieceLength; at + pieceLength <= text.length; at += pieceLength) {
      const piece = text.slice(at, at + pieceLength);
      if (!pieces.has(piece)) put(text, at);
      pieces.add(piece);
    }
  }

  return {
    add,
    replace(text, by) {
      let result = "";
      let copied = 0;
      let start = -1;
      let end = -1;
      let cut = text.indexOf(cutMark);
      const flush = (): void => {
        result += text.slice(copied, start) + by;
        copied = end;
      };
      for (let at = 0; at + gram <= text.length; at++) {
        if (cut >= 0 && at >= cut) cut = text.indexOf(cutMark, at + 1);
        const hash = hashAt(text, at);
        if (bits[hash] === 0) continue;
        for (const entry of entries.get(hash) ?? []) {
          const [from, to] = spanOf(entry, text, { at, cut });
          if (to <= from || to <= end) continue;
          if (end >= 0 && from <= end) start = Math.min(start, Math.max(from, copied));
          else {
            if (end >= 0) flush();
            start = Math.max(from, copied);
          }
          end = to;
        }
      }
      if (end < 0) return text;
      flush();
      return result + text.slice(copied);
    },
  };
}

/** How far the text around matches the entry's; an empty span where it does not. */
function spanOf(
  { text: known, at: place }: Entry,
  text: string,
  { at, cut }: { at: number; cut: number },
): [from: number, to: number] {
  if (place === 0) {
    if (text.startsWith(known, at)) return [at, at + known.length];
    const isCut = cut - at < known.length && known.startsWith(text.slice(at, cut));
    return isCut && cut - at >= gram ? [at, cut] : [at, at];
  }
  let to = 0;
  const most = Math.min(known.length - place, longestCompared);
  while (to < most && text.charCodeAt(at + to) === known.charCodeAt(place + to)) to++;
  if (to < pieceLength) return [at, at];
  let from = 0;
  while (
    from < Math.min(place, at, longestCompared) &&
    text.charCodeAt(at - from - 1) === known.charCodeAt(place - from - 1)
  )
    from++;
  return [at - from, at + to];
}

/** A text that is too long, in parts that follow each other; none is shorter than a piece. */
function partsOf(text: string): string[] {
  if (text.length <= longestCompared) return [text];
  const parts: string[] = [];
  for (let at = 0; at < text.length; at += longestCompared) {
    const isLast = text.length - at <= longestCompared + pieceLength;
    parts.push(isLast ? text.slice(at) : text.slice(at, at + longestCompared));
    if (isLast) break;
  }
  return parts;
}

function hashAt(text: string, at: number): number {
  const high = (text.charCodeAt(at) * 31 + text.charCodeAt(at + 1)) * 31 + text.charCodeAt(at + 2);
  return (high * 31 + text.charCodeAt(at + 3)) & 0xffff;
}

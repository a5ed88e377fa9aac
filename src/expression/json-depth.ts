const quote = 34;
const backslash = 92;
const openers = new Set([91, 123]);
const closers = new Set([93, 125]);

/**
 * True when brackets in a JSON text are nested deeper than `most`. Not recursive, unlike whatever is done with the data
 * later: that would overflow the stack, and take seconds to do so.
 */
export function isDeeperThan(text: string, most: number): boolean {
  let depth = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === quote) at = endOfString(text, at);
    else if (openers.has(code)) depth++;
    else if (closers.has(code)) depth--;
    if (depth > most) return true;
  }
  return false;
}

/** Where the closing quote of the string that begins here stands; the text's end when there is none. */
export function endOfString(text: string, start: number): number {
  for (let at = start + 1; ; at++) {
    const end = text.indexOf('"', at);
    if (end < 0) return text.length;
    if (!isEscaped(text, end)) return end;
    at = end;
  }
}

function isEscaped(text: string, at: number): boolean {
  let backslashes = 0;
  while (text.charCodeAt(at - 1 - backslashes) === backslash) backslashes++;
  return backslashes % 2 === 1;
}

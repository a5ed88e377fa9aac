// CSI sequences (only those that end in "m" matter here), OSC sequences with their text, and lone escapes.
/* oxlint-disable no-control-regex */
export const ansiSequences =
  /\u001b\[([0-9;:?]*)([@-~])|\u001b\][^\u0007\u001b]*(?:\u0007|\u001b\\)?|\u001b[^[\]]?/g;
/** A browser would draw them as boxes. */
export const controlCharacters = /[\u0000-\u0008\u000b-\u001f\u007f]/g;
/* oxlint-enable no-control-regex */

/** A line of a log without sequences that only a terminal obeys, for searching and for the line's level. */
export function plainLogText(text: string): string {
  return lastDraft(text).replace(ansiSequences, "").replace(controlCharacters, "");
}

/** A progress bar draws its line again after each carriage return; the last one counts. */
export function lastDraft(text: string): string {
  const trimmed = text.endsWith("\r") ? text.slice(0, -1) : text;
  return trimmed.slice(trimmed.lastIndexOf("\r") + 1);
}

/** How long a text is for people: what JavaScript counts as two may be one. */
export function codePoints(text: string): number {
  let count = 0;
  for (const _ of text) count++;
  return count;
}

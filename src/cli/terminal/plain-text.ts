// A terminal obeys control characters; text of agents and files must not move its cursor or set its title.
// oxlint-disable-next-line no-control-regex
const controls = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g;

/** Text without styles or control characters, on one line. */
export function plainLine(text: string): string {
  return plainText(text).replace(/[\n\t]+/g, " ");
}

/** Text without styles or control characters; its line ends and tabs stay. */
export function plainText(text: string): string {
  return Bun.stripANSI(text).replace(/\r\n?/g, "\n").replace(controls, "");
}

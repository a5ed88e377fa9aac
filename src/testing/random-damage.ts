import type { Draw } from "./random-definition.ts";

const fragments = [
  " ",
  "  ",
  "\n",
  "\n\n",
  "  \n",
  "\t",
  "\r\n",
  "#",
  " # c",
  "# c\n",
  "  # c\n",
  "      # deep\n",
  "-",
  "- ",
  "  - ",
  "- - ",
  ":",
  ": ",
  "'",
  "''",
  '"',
  "[",
  "]",
  "{",
  "}",
  ",",
  "[a, 'b', ]",
  '{ a: b, "c":1 }',
  "|\n",
  "|-\n",
  ">\n",
  "|2+\n",
  "~",
  "null",
  "True",
  "0x1F",
  "0o17",
  "1.0",
  "-.5e3",
  ".inf",
  "12345678901234567890",
  "2026-11-30",
  "---\n",
  "...\n",
  "\\",
  "\\n",
  "\\u0041",
  "\\q",
  "? ",
  "!t ",
  "&a ",
  "*a",
  "<<",
  "%",
  "@",
  "x: y\n",
  "  x: y\n",
  "é",
  "😀",
  "\u0085",
  "\ufeff",
] as const;

/** A text with some characters and lines removed, inserted, doubled or indented. */
export function randomDamage(draw: Draw, text: string): string {
  let damaged = text;
  for (let times = draw.upTo(4); times > 0; times--) damaged = damageOnce(draw, damaged);
  return damaged;
}

/** Some consecutive lines of a text. */
export function randomExcerpt(draw: Draw, text: string): string {
  const lines = text.split("\n");
  const from = draw.upTo(lines.length);
  return lines.slice(from, from + 1 + draw.upTo(30)).join("\n");
}

/** Lines of nothing but YAML's special characters, most of which are not valid YAML. */
export function randomFragments(draw: Draw): string {
  const line = (): string => {
    const marks = [draw.pick(["", "  ", "    "]), draw.pick(["a:", "b: ", "- ", "- a: ", "# ", "", '"c": '])];
    for (let more = draw.upTo(3); more > 0; more--) marks.push(draw.chance(60) ? "w" : draw.pick(fragments));
    return marks.join("");
  };
  return Array.from({ length: 1 + draw.upTo(7) }, line).join("\n");
}

function damageOnce(draw: Draw, text: string): string {
  const at = draw.upTo(text.length + 1);
  const lines = text.split("\n");
  const number = draw.upTo(lines.length);
  const line = lines[number] ?? "";
  switch (draw.upTo(5)) {
    case 0:
      return text.slice(0, at) + text.slice(at + 1 + draw.upTo(4));
    case 1:
      return lines.toSpliced(draw.upTo(lines.length), 0, line).join("\n");
    case 2:
      return lines.with(number, draw.chance(50) ? `  ${line}` : line.replace(/^ {2}/, "")).join("\n");
    default:
      return text.slice(0, at) + draw.pick(fragments) + text.slice(at);
  }
}

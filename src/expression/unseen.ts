/** A character that looks like a plain one, or like nothing. `plain` is what was probably meant. */
export interface UnseenCharacter {
  offset: number;
  /** Such as `an invisible character: U+00A0 (no-break space)`. */
  name: string;
  plain: string;
}

const named: readonly [first: number, last: number, name: string, plain: string][] = [
  [0x0085, 0x0085, "next line", " "],
  [0x00a0, 0x00a0, "no-break space", " "],
  [0x00ad, 0x00ad, "soft hyphen", ""],
  [0x061c, 0x061c, "arabic letter mark", ""],
  [0x1680, 0x1680, "ogham space mark", " "],
  [0x180e, 0x180e, "mongolian vowel separator", ""],
  [0x2000, 0x200a, "space of another width", " "],
  [0x200b, 0x200b, "zero width space", ""],
  [0x200c, 0x200c, "zero width non-joiner", ""],
  [0x200d, 0x200d, "zero width joiner", ""],
  [0x200e, 0x200e, "left-to-right mark", ""],
  [0x200f, 0x200f, "right-to-left mark", ""],
  [0x2010, 0x2015, "dash that is no hyphen", "-"],
  [0x2018, 0x2019, "curly quote", "'"],
  [0x201a, 0x201b, "curly quote", "'"],
  [0x201c, 0x201f, "curly quote", '"'],
  [0x2028, 0x2028, "line separator", " "],
  [0x2029, 0x2029, "paragraph separator", " "],
  [0x202a, 0x202a, "left-to-right embedding", ""],
  [0x202b, 0x202b, "right-to-left embedding", ""],
  [0x202c, 0x202c, "pop directional formatting", ""],
  [0x202d, 0x202d, "left-to-right override", ""],
  [0x202e, 0x202e, "right-to-left override", ""],
  [0x202f, 0x202f, "narrow no-break space", " "],
  [0x205f, 0x205f, "medium mathematical space", " "],
  [0x2060, 0x2060, "word joiner", ""],
  [0x2066, 0x2069, "directional isolate", ""],
  [0x2212, 0x2212, "minus sign", "-"],
  [0x3000, 0x3000, "ideographic space", " "],
  [0xfeff, 0xfeff, "byte order mark", ""],
  [0xff0c, 0xff0c, "fullwidth comma", ","],
  [0xff1a, 0xff1a, "fullwidth colon", ":"],
];

const unseen = new RegExp(`[${named.map(([first, last]) => `${unit(first)}-${unit(last)}`).join("")}]`, "g");

/** The first such character at or after an offset; null where there is none. */
export function findUnseen(text: string, from = 0): UnseenCharacter | null {
  unseen.lastIndex = from;
  const found = unseen.exec(text);
  if (!found) return null;
  const code = found[0].charCodeAt(0);
  const [, , name, plain] = named.find(([first, last]) => code >= first && code <= last) ?? [0, 0, "", ""];
  const kind = isVisible(found[0])
    ? "a character that only looks like a plain one"
    : "an invisible character";
  return { offset: found.index, name: `${kind}: ${codeName(code)} (${name})`, plain };
}

/** The text as it was probably meant. */
export function withPlainCharacters(text: string): string {
  return text.replace(unseen, (character) => findUnseen(character)?.plain ?? "").trim();
}

/** The text with each such character as its code, so that it can be seen: `s<U+200B>`. */
export function showUnseen(text: string): string {
  return text.replace(unseen, (character) =>
    isVisible(character) ? character : `<${codeName(character.charCodeAt(0))}>`,
  );
}

function isVisible(character: string): boolean {
  return /[\u2010-\u201f\u2212\uff0c\uff1a]/.test(character);
}

function codeName(code: number): string {
  return `U+${code.toString(16).toUpperCase().padStart(4, "0")}`;
}

function unit(code: number): string {
  return `\\u${code.toString(16).padStart(4, "0")}`;
}

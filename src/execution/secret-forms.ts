import { isHidable, shortestSecret } from "../workflow/secret-name.ts";

/** One form in which a secret may stand in a text. */
export interface SecretForm {
  text: string;
  /** True: a long piece of it is hidden as well, because a text with folded or cut lines holds no more than that. */
  inPieces: boolean;
}

const mostParts = 400;
const deepest = 16;
/** `base64`, `openssl` and mail fold their lines at these. */
const folds = [76, 64];

/**
 * Every form in which a secret is looked for: the whole, each line, each text and number of it where it is JSON; of all
 * these as it is, within a JSON string, URL-encoded, and in base64 at each of the three places it may have there.
 */
export function formsOf(secret: string): SecretForm[] {
  const forms = new Map<string, boolean>();
  const add = (text: string, inPieces: boolean): void => {
    if (text.length >= shortestSecret) forms.set(text, inPieces || (forms.get(text) ?? false));
  };
  const json = jsonOf(secret);
  for (const part of partsOf(secret, json)) {
    // Pieces of a JSON text are mostly names of fields, which are not secret.
    const inPieces = json === undefined || part !== secret;
    for (const text of writtenForms(part)) add(text, inPieces);
    for (const text of base64Forms(part)) add(text, true);
  }
  return [...forms].map(([text, inPieces]) => ({ text, inPieces }));
}

function partsOf(secret: string, json: unknown): Set<string> {
  const parts = new Set<string>();
  const add = (text: string): void => {
    for (const each of [text, text.trim(), ...text.split(/\r\n|\r|\n/)]) {
      if (isHidable(each) && parts.size < mostParts) parts.add(each);
    }
  };
  add(secret);
  if (json !== undefined) leavesOf(json, add, 0);
  return parts;
}

/** The object or list that a text stands for; undefined for every other text. */
function jsonOf(text: string): unknown {
  if (!/^\s*[{[]/.test(text)) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    // Only JSON has fields; any other text is one secret.
    return undefined;
  }
}

function leavesOf(value: unknown, add: (text: string) => void, depth: number): void {
  if (depth > deepest) return;
  if (typeof value === "string") {
    add(value);
    const inner = jsonOf(value);
    if (inner !== undefined) leavesOf(inner, add, depth + 1);
  } else if (typeof value === "number") add(String(value));
  else if (typeof value === "object" && value !== null) {
    for (const each of Object.values(value)) leavesOf(each, add, depth + 1);
  }
}

function* writtenForms(text: string): Generator<string> {
  yield text;
  const escaped = inJson(text);
  yield escaped;
  yield inJson(escaped);
  // The form of other JSON writers: everything except ASCII as \u, and slashes and markup characters escaped.
  yield inAscii(escaped);
  yield escaped.replaceAll("/", "\\/");
  for (const signs of [/[<>&]/g, /[<>&']/g, /[<>&'@+]/g, /@/g]) yield escaped.replace(signs, unicodeEscape);
  for (const url of urlForms(text)) {
    yield url;
    yield url.replace(/%[0-9A-F]{2}/g, (code) => code.toLowerCase());
  }
}

function inJson(text: string): string {
  return JSON.stringify(text).slice(1, -1);
}

function inAscii(text: string): string {
  // oxlint-disable-next-line no-control-regex
  return text.replace(/[^\x00-\x7f]/g, unicodeEscape);
}

function unicodeEscape(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
}

function urlForms(text: string): string[] {
  const encoded = encodeURIComponent(text.toWellFormed());
  const strict = encoded.replace(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);
  const keepsSlash = [encoded, strict].map((url) => url.replaceAll("%2F", "/"));
  const inForm = [encoded, strict].map((url) => url.replaceAll("%20", "+"));
  return [encoded, strict, ...keepsSlash, ...inForm];
}

/** Only the part that does not depend on the bytes before and after it: the first and last characters do. */
function* base64Forms(text: string): Generator<string> {
  const bytes = Buffer.from(text);
  for (const offset of [0, 1, 2]) {
    const whole = Buffer.concat([Buffer.alloc(offset), bytes]).toString("base64");
    const inner = whole.slice(Math.ceil((offset * 8) / 6), Math.floor(((offset + bytes.length) * 8) / 6));
    yield inner;
    yield inner.replaceAll("+", "-").replaceAll("/", "_");
    if (offset > 0) continue;
    // The last line of a folded text may be too short to be known as a piece.
    for (const width of folds) if (inner.length > width) yield inner.slice(-(inner.length % width || width));
  }
}

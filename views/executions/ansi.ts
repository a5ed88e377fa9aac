import { ansiSequences, controlCharacters, lastDraft } from "../../src/execution/log-text.ts";

/** A stretch of text in one look; `classes` is empty for plain text. */
export interface AnsiSpan {
  text: string;
  classes: string;
}

interface Look {
  fg: string | null;
  bg: string | null;
  bold: boolean;
  dim: boolean;
  italic: boolean;
  underline: boolean;
  inverse: boolean;
}

const plain: Look = {
  fg: null,
  bg: null,
  bold: false,
  dim: false,
  italic: false,
  underline: false,
  inverse: false,
};

/** Terminal output as spans with classes of `log.css`. What moves the cursor is dropped, and drafts of a line. */
export function ansiSpans(text: string): AnsiSpan[] {
  const drawn = lastDraft(text);
  if (!drawn.includes("\u001b")) return [{ text: drawn.replace(controlCharacters, ""), classes: "" }];
  const spans: AnsiSpan[] = [];
  let look = plain;
  let from = 0;
  const push = (until: number): void => {
    const part = drawn.slice(from, until).replace(controlCharacters, "");
    if (part !== "") spans.push({ text: part, classes: classesOf(look) });
  };
  for (const match of drawn.matchAll(ansiSequences)) {
    push(match.index);
    from = match.index + match[0].length;
    if (match[2] === "m") look = changeLook(look, match[1] ?? "");
  }
  push(drawn.length);
  return spans;
}

const colours = ["black", "red", "green", "yellow", "blue", "magenta", "cyan", "white"];

function changeLook(look: Look, parameters: string): Look {
  const codes = parameters.split(/[;:]/).map((code) => Number(code === "" ? 0 : code));
  let next = look;
  for (let at = 0; at < codes.length; at++) {
    const code = codes[at] ?? 0;
    if (code === 38 || code === 48) {
      const { colour, used } = readExtendedColour(codes.slice(at + 1));
      next = code === 38 ? { ...next, fg: colour } : { ...next, bg: colour };
      at += used;
    } else next = withCode(next, code);
  }
  return next;
}

function withCode(look: Look, code: number): Look {
  if (code === 0) return plain;
  if (code === 1) return { ...look, bold: true };
  if (code === 2) return { ...look, dim: true };
  if (code === 3) return { ...look, italic: true };
  if (code === 4) return { ...look, underline: true };
  if (code === 7) return { ...look, inverse: true };
  if (code === 22) return { ...look, bold: false, dim: false };
  if (code === 23) return { ...look, italic: false };
  if (code === 24) return { ...look, underline: false, inverse: false };
  if (code === 27) return { ...look, inverse: false };
  if (code === 39) return { ...look, fg: null };
  if (code === 49) return { ...look, bg: null };
  if (code >= 30 && code <= 37) return { ...look, fg: colours[code - 30] ?? null };
  if (code >= 90 && code <= 97) return { ...look, fg: code === 90 ? "dim" : (colours[code - 90] ?? null) };
  if (code >= 40 && code <= 47) return { ...look, bg: colours[code - 40] ?? null };
  if (code >= 100 && code <= 107) return { ...look, bg: colours[code - 100] ?? null };
  return look;
}

/** `5;n` and `2;r;g;b` as the nearest of the eight that were checked for contrast. */
function readExtendedColour(codes: readonly number[]): { colour: string | null; used: number } {
  if (codes[0] === 5) return { colour: ofPalette(codes[1] ?? 0), used: 2 };
  if (codes[0] === 2) return { colour: nearestColour(codes[1] ?? 0, codes[2] ?? 0, codes[3] ?? 0), used: 4 };
  return { colour: null, used: codes.length };
}

function ofPalette(index: number): string | null {
  if (index < 16) return colours[index % 8] ?? null;
  if (index >= 232) return index < 244 ? "dim" : null;
  const cube = index - 16;
  return nearestColour(
    cubeLevel(Math.floor(cube / 36)),
    cubeLevel(Math.floor(cube / 6) % 6),
    cubeLevel(cube % 6),
  );
}

function cubeLevel(step: number): number {
  return step === 0 ? 0 : 55 + step * 40;
}

/** By which of red, green and blue are on. */
function nearestColour(red: number, green: number, blue: number): string | null {
  const most = Math.max(red, green, blue);
  if (most - Math.min(red, green, blue) < 32) return most < 140 ? "dim" : null;
  const isOn = (value: number): boolean => value > most * 0.6;
  return colours[(isOn(red) ? 1 : 0) + (isOn(green) ? 2 : 0) + (isOn(blue) ? 4 : 0)] ?? null;
}

function classesOf(look: Look): string {
  const classes = look.inverse ? inverseClasses(look) : colourClasses(look);
  if (look.bold) classes.push("bd");
  if (look.dim && !look.inverse) classes.push("a-dim");
  if (look.italic) classes.push("it");
  if (look.underline) classes.push("ul");
  return classes.join(" ");
}

function colourClasses({ fg, bg }: Look): string[] {
  const classes: string[] = [];
  if (isHue(fg)) classes.push(`a-${fg}`);
  if (bg !== null && bg !== "dim") classes.push(`b-${bg}`);
  return classes;
}

/** What would be the colour of the text is that of its ground; the text takes the log's own ground. */
function inverseClasses({ fg }: Look): string[] {
  return isHue(fg) ? ["inv", `a-${fg}`] : ["inv"];
}

function isHue(colour: string | null): colour is string {
  return colour !== null && colour !== "white" && colour !== "black";
}

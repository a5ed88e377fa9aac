import type { Value, ValueObject } from "../expression/value.ts";
import type { Draw } from "./random-definition.ts";

/** Writes a definition as no person would: block and flow style, any quotes, comments and blank lines in odd places. */
export function randomYaml(draw: Draw, value: Value): string {
  const hand: Hand = {
    draw,
    step: draw.pick([2, 2, 4, 3]),
    dash: draw.pick([0, 2]),
    comments: draw.pick([0, 10, 40]),
    blanks: draw.pick([0, 10, 30]),
    flow: draw.pick([0, 20, 60]),
    count: 0,
  };
  const lines = [...linesAbove(hand, 0), ...block(hand, value, 0), ...linesAbove(hand, 0)];
  if (draw.chance(10)) lines.unshift("---");
  const text = lines.join("\n") + (draw.chance(15) ? "" : "\n");
  return (draw.chance(10) ? "\uFEFF" : "") + (draw.chance(30) ? text.replaceAll("\n", "\r\n") : text);
}

export function randomJsonText(draw: Draw, value: Value): string {
  const text = JSON.stringify(value, null, draw.pick<string | number>([0, 2, 4, "\t"]));
  return draw.chance(30) ? text.replaceAll("\n", "\r\n") : `${text}\n`;
}

interface Hand {
  draw: Draw;
  step: number;
  dash: number;
  comments: number;
  blanks: number;
  flow: number;
  count: number;
}

function block(hand: Hand, value: Value, column: number): string[] {
  const pad = " ".repeat(column);
  if (Array.isArray(value)) {
    return value.flatMap((item: Value) => [
      ...linesAbove(hand, column),
      ...belowMark(hand, `${pad}-`, item, column, true),
    ]);
  }
  return Object.entries(value as ValueObject).flatMap(([key, part]) => [
    ...linesAbove(hand, column),
    ...belowMark(hand, `${pad}${inline(hand, key)}:`, part, column, false),
  ]);
}

/** The text after a key's colon or a dash. */
function belowMark(hand: Hand, mark: string, value: Value, column: number, isDash: boolean): string[] {
  const { draw } = hand;
  const isCollection = typeof value === "object" && value !== null && Object.keys(value).length > 0;
  if (isCollection && !draw.chance(hand.flow)) {
    if (isDash && draw.chance(80)) {
      const [first = "", ...rest] = block({ ...hand, comments: 0, blanks: 0 }, value, column + 2);
      return [`${mark} ${first.trimStart()}`, ...rest];
    }
    const deeper = Array.isArray(value) && !isDash ? hand.dash : hand.step;
    return [
      mark + trailingComment(hand),
      ...block(hand, value, column + deeper),
      ...deepComment(hand, column),
    ];
  }
  if (typeof value === "string" && isLiteral(value) && draw.chance(60)) {
    const header = value.endsWith("\n") ? "|" : "|-";
    const lines = value.replace(/\n$/, "").split("\n");
    const pad = " ".repeat(column + hand.step);
    return [
      `${mark} ${header}${trailingComment(hand)}`,
      ...lines.map((line) => (line === "" ? "" : pad + line)),
    ];
  }
  if (isCollection && draw.chance(40)) return flowLines(hand, mark, value, column);
  const gap = draw.chance(90) ? " " : "   ";
  const text = value === null && draw.chance(50) ? "" : gap + inline(hand, value);
  return [mark + text + trailingComment(hand)];
}

function isLiteral(text: string): boolean {
  return text.includes("\n") && !/^\s/.test(text);
}

/** Writes brackets with one line for each entry. */
function flowLines(hand: Hand, mark: string, value: Value, column: number): string[] {
  const { draw } = hand;
  const pad = " ".repeat(column + hand.step);
  const parts = Array.isArray(value)
    ? value.map((item: Value) => inline(hand, item))
    : Object.entries(value as ValueObject).map(
        ([key, part]) => `${inline(hand, key)}: ${inline(hand, part)}`,
      );
  const hasLastComma = draw.chance(40);
  const lines = parts.flatMap((part, at) => [
    ...(draw.chance(hand.comments) ? [`${pad}${comment(hand)}`] : []),
    pad + part + (at < parts.length - 1 || hasLastComma ? "," : "") + trailingComment(hand),
  ]);
  const [open, close] = Array.isArray(value) ? "[]" : "{}";
  return [
    `${mark} ${open}${trailingComment(hand)}`,
    ...lines,
    `${" ".repeat(column + 1)}${close}${trailingComment(hand)}`,
  ];
}

function inline(hand: Hand, value: Value): string {
  const { draw } = hand;
  if (value === null || typeof value === "boolean" || typeof value === "number") return JSON.stringify(value);
  if (typeof value === "string") {
    const canBePlain = /^[A-Za-z$][\w$. -]*[\w}]$/.test(value) && !/^(true|false|null|yes)$/.test(value);
    const style = draw.upTo(3);
    if (style === 0 && canBePlain) return value;
    if (style === 1 && !value.includes("\n")) return `'${value.replaceAll("'", "''")}'`;
    return JSON.stringify(value);
  }
  const pad = draw.pick(["", " "]);
  const comma = draw.chance(95) ? ", " : ",";
  if (Array.isArray(value)) {
    if (value.length === 0) return "[]";
    return `[${pad}${value.map((item: Value) => inline(hand, item)).join(comma)}${pad}]`;
  }
  const fields = Object.entries(value).map(([key, part]) => `${inline(hand, key)}: ${inline(hand, part)}`);
  return fields.length === 0 ? "{}" : `{${pad}${fields.join(comma)}${pad}}`;
}

function linesAbove(hand: Hand, column: number): string[] {
  const lines: string[] = [];
  while (hand.draw.chance(hand.blanks)) lines.push("");
  while (hand.draw.chance(hand.comments)) {
    lines.push(" ".repeat(hand.draw.chance(85) ? column : hand.draw.upTo(10)) + comment(hand));
    if (hand.draw.chance(hand.blanks)) lines.push("");
  }
  return lines;
}

function deepComment(hand: Hand, column: number): string[] {
  if (!hand.draw.chance(hand.comments / 2)) return [];
  return [" ".repeat(column + hand.step) + comment(hand)];
}

function trailingComment(hand: Hand): string {
  return hand.draw.chance(hand.comments) ? ` ${comment(hand)}` : "";
}

/** Each comment is unique, so that a test can look for it. */
function comment(hand: Hand): string {
  hand.count++;
  return hand.draw.pick([`# c${hand.count}`, `#c${hand.count}: [not, yaml`, `# - c${hand.count}: "x`]);
}

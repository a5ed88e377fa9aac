import { parseDuration } from "./duration.ts";
import { parseType } from "./value-type.ts";

/** Words of other languages for our types. */
const types: Readonly<Record<string, string>> = {
  str: "string",
  text: "string",
  char: "string",
  varchar: "string",
  enum: "string",
  choice: "string",
  date: "string",
  datetime: "string",
  file: "string",
  path: "string",
  url: "string",
  markdown: "string",
  secret: "string",
  int: "integer",
  int32: "integer",
  int64: "integer",
  long: "integer",
  float: "number",
  double: "number",
  decimal: "number",
  num: "number",
  bool: "boolean",
  flag: "boolean",
  list: "array",
  tuple: "array",
  set: "array",
  sequence: "array",
  dict: "object",
  dictionary: "object",
  map: "object",
  hash: "object",
  json: "object",
  record: "object",
  struct: "object",
  any: "object",
};

/** Our type for another language's word, such as `array<string>` for `List[str]` or `string[]`. Null when unknown. */
export function meantType(text: string): string | null {
  const word = text.trim().toLowerCase();
  if (parseType(word)) return word;
  if (Object.hasOwn(types, word)) return types[word] ?? null;
  const inner =
    /^(?:list|array|sequence|set|tuple)\s*[<[(]\s*(?:of )?(.+?)\s*[>\])]$/.exec(word)?.[1] ??
    /^(.+)\[\]$/.exec(word)?.[1] ??
    /^\[\](.+)$/.exec(word)?.[1] ??
    /^(?:list|array) of (.+?)s?$/.exec(word)?.[1];
  if (inner === undefined || inner.length >= word.length) return null;
  const meant = meantType(inner);
  return meant === null ? null : `array<${meant}>`;
}

const units: readonly [word: RegExp, unit: string, times: number][] = [
  [/^(ms|msecs?|milliseconds?|millis)$/, "ms", 1],
  [/^(s|secs?|seconds?)$/, "s", 1],
  [/^(m|mins?|minutes?)$/, "m", 1],
  [/^(h|hrs?|hours?)$/, "h", 1],
  [/^(d|days?)$/, "d", 1],
  [/^(w|wks?|weeks?)$/, "d", 7],
];

/** `30m` for `30 minutes`, `1h30m` for `PT1H30M` or `1:30:00`. Null for a text that is no duration. */
export function meantDuration(text: string): string | null {
  if (text.length > 60) return null;
  const given = text.trim().toLowerCase();
  const word = /^p(?=[0-9t])/.test(given) ? given.slice(1).replace("t", "") : given;
  const clock = /^(\d+):(\d\d)(?::(\d\d))?$/.exec(word);
  const parts = clock
    ? [clock[1], "h", clock[2], "m", clock[3] ?? "0", "s"]
    : /^(?:\d+(?:\.\d+)?\s*[a-z]+[\s,]*(?:and\s+)?)+$/.test(word)
      ? word.match(/\d+(?:\.\d+)?|[a-z]+/g)
      : null;
  if (!parts) return null;
  let meant = "";
  for (let at = 0; at + 1 < parts.length; at += 2) {
    if (parts[at] === "and") at++;
    const found = units.find(([each]) => each.test(parts[at + 1] ?? ""));
    if (!found) return null;
    const amount = Number(parts[at]) * found[2];
    if (amount > 0) meant += `${amount}${found[1]}`;
  }
  return parseDuration(meant) === null ? null : meant;
}

/** Words of other tools for the words of our choices. */
const choices: Readonly<Record<string, string>> = {
  continue: "ignore proceed warn resume allow none nothing go_on",
  halt: "stop fail abort exit error fail_fast failfast terminate cancel raise",
  skip_dependents: "skip skip_downstream skip_children skip_dependent",
  proceed: "continue run ignore",
  auto_approve: "approve approved accept pass continue",
  reject: "deny denied decline rejected refuse",
  agent: "task ai llm step job work prompt action subagent claude",
  gate: "approval manual human manual_approval wait review approve human_in_the_loop pause",
  fan_out: "parallel map matrix foreach for_each loop",
  structured: "json object yaml",
  markdown: "md",
  raw: "text plain txt none",
  batch: "sequential serial staged batched wave",
  eager: "parallel asap greedy",
  worktree: "isolated git own separate branch",
  shared: "same none common",
};

/** The one of `words` that another tool's word means; null when there is none. */
export function meantChoice(text: string, words: readonly string[]): string | null {
  const word = text.trim().toLowerCase().replaceAll(/[- ]/g, "_");
  if (words.includes(word)) return word;
  return (
    words.find((each) => Object.hasOwn(choices, each) && choices[each]?.split(" ").includes(word)) ?? null
  );
}

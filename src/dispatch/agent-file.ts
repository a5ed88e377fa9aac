import { createHash } from "node:crypto";
import { basename, dirname } from "node:path";
import { AppError } from "../errors.ts";
import type { AgentFile } from "../execution/snapshot.ts";
import type { Value } from "../expression/value.ts";
import { isHopeless } from "./exit-code.ts";
import { readFrontMatter, type FrontMatter } from "./front-matter.ts";

/** The most bytes that an agent's file may have. */
export const longestAgentFile = 1024 * 1024;

/**
 * Reads an agent's file: front matter with what it is, the role's prompt below. Unknown keys are left alone. Throws
 * `AppError("invalid_definition")` with file and line for a file that is no agent's, and a value that cannot be meant.
 */
export function parseAgentFile(bytes: Uint8Array, { path, ref }: { path: string; ref: string }): AgentFile {
  if (bytes.length > longestAgentFile) {
    throw new AppError("invalid_definition", `${path}:1: an agent's file has 1 MiB at most`);
  }
  const text = decode(bytes, path);
  const matter = readFrontMatter(text, path, { mayBeIndented: true });
  refuseForeign(text, matter, path);
  const field = fieldReader(matter, path);
  return {
    ref,
    name: field("name", textOf) ?? nameOfFile(path),
    description: field("description", textOf) ?? "",
    path,
    hash: createHash("sha256").update(bytes).digest("hex"),
    dispatcher: field("dispatcher", textOf),
    command: field("command", commandOf),
    exit_codes: field("exit_codes", exitCodesOf) ?? {},
    tools: field("tools", toolsOf) ?? [],
    model: field("model", modelOf),
    ...settingsIn(field),
    lines: linesOf(matter),
    prompt: matter.body.trim(),
  };
}

const agentKeys = ["name", "description", "dispatcher", "command", "exit_codes", "tools", "model"];

/**
 * A README, an empty file, or front matter that begins too late: taken for an agent, they would be asked to do the
 * work.
 */
function refuseForeign(text: string, { fields }: FrontMatter, path: string): void {
  if (agentKeys.some((key) => Object.hasOwn(fields, key))) return;
  const form = 'an agent\'s file begins with a line "---", "name: …", "description: …" and a line "---"';
  throw new AppError("invalid_definition", `${path}:1: ${describeForeignAgent(text, fields)}. ${form}`);
}

function describeForeignAgent(text: string, fields: FrontMatter["fields"]): string {
  const lines = text.replace("\uFEFF", "").split(/\r?\n/);
  const [first = "", second = ""] = lines.filter((line) => line.trim() !== "");
  if (first === "") return "the file is empty";
  const isHead = (line: string): boolean => line.trim() === "---" || /^(name|description)\s*:/.test(line);
  if (/^\s*(```|~~~)/.test(first) && isHead(second))
    return "its front matter stands in a code fence, which makes it a text like any other";
  if (Object.keys(fields).length > 0) return "its front matter has none of the keys of an agent";
  return "it has no front matter, so it is no agent";
}

/** The stem of the file, or the folder of a `SKILL.md`. */
export function nameOfFile(path: string): string {
  const file = basename(path);
  return file.toLowerCase() === "skill.md" ? basename(dirname(path)) : file.replace(/\.[^.]+$/, "");
}

const longestSetting = 64 * 1024;

/** What agent programs understand besides; each dispatcher looks at its own. */
const settingKeys = [
  "disallowedTools",
  "permissionMode",
  "maxTurns",
  "effort",
  "skills",
  "mcpServers",
  "hooks",
  "initialPrompt",
  "readonly",
];

function linesOf({ fields, lines }: FrontMatter): Record<string, number> {
  const known = [...agentKeys, ...settingKeys].filter((key) => Object.hasOwn(fields, key));
  return Object.fromEntries(known.flatMap((key) => (lines.has(key) ? [[key, lines.get(key) ?? 1]] : [])));
}

function settingsIn(field: ReturnType<typeof fieldReader>): Pick<AgentFile, "settings"> {
  const entries = settingKeys.map((key) => [key, field(key, settingOf)] as const);
  const given = entries.filter(([, value]) => value !== null);
  return given.length === 0 ? {} : { settings: Object.fromEntries(given) };
}

/** YAML can express what JSON cannot: values that contain themselves, and much in a few words. */
function settingOf(value: unknown): FieldReading<Value> {
  try {
    const text = JSON.stringify(value);
    if (text.length <= longestSetting) return { value: JSON.parse(text) as Value };
    return { problem: "is too long: it may have 64 KiB, with its aliases written out" };
  } catch {
    return { problem: "must not contain itself" };
  }
}

type FieldReading<T> = { value: T } | { problem: string };

function fieldReader({ fields, lines }: FrontMatter, path: string) {
  return <T>(key: string, read: (value: unknown) => FieldReading<T>): T | null => {
    const value = fields[key];
    if (value === undefined || value === null || value === "") return null;
    const result = read(value);
    if ("value" in result) return result.value;
    throw new AppError("invalid_definition", `${path}:${lines.get(key) ?? 1}: "${key}" ${result.problem}`);
  };
}

function textOf(value: unknown): FieldReading<string> {
  if (typeof value === "string") return { value: value.trim() };
  if (typeof value === "number" || typeof value === "boolean") return { value: String(value) };
  return { problem: "must be a text" };
}

/** `inherit` says to use the caller's model: the stage's. */
function modelOf(value: unknown): FieldReading<string | null> {
  const text = textOf(value);
  return "value" in text && text.value === "inherit" ? { value: null } : text;
}

function commandOf(value: unknown): FieldReading<string[]> {
  if (typeof value === "string") {
    const words = JSON.stringify(value.trim().split(/\s+/)).replaceAll('","', '", "');
    return { problem: `must be a list, not one text: it goes through no shell. write ${words}` };
  }
  if (!Array.isArray(value) || value.length === 0) return { problem: 'must be a list such as ["./run.sh"]' };
  const words: string[] = [];
  for (const word of value as unknown[]) {
    // The number is written in another form, such as 010 or 1e3, and would reach the program as another text.
    if (typeof word !== "string") return { problem: 'must hold only texts: put numbers in quotes, as "3"' };
    words.push(word);
  }
  if (words[0]?.trim() === "") return { problem: "must name a program first" };
  if (words.some((word) => word.includes("\0"))) return { problem: "must hold no null character" };
  return { value: words };
}

/** A list, or a text with commas or spaces. Text in brackets belongs together, as in `Bash(git log:*)`. */
function toolsOf(value: unknown): FieldReading<string[]> {
  if (typeof value === "string") return { value: value.match(/(?:\([^)]*\)|[^\s,(])+/g) ?? [] };
  if (!Array.isArray(value)) return { problem: "must be a list, or a text with commas" };
  const tools: string[] = [];
  for (const tool of value as unknown[]) {
    if (typeof tool !== "string") return { problem: "must hold only texts" };
    if (tool.trim() !== "") tools.push(tool.trim());
  }
  return { value: tools };
}

function exitCodesOf(value: unknown): FieldReading<AgentFile["exit_codes"]> {
  if (!isMapping(value)) return { problem: 'must be a mapping such as {3: "rate_limited"}' };
  const codes: AgentFile["exit_codes"] = {};
  for (const [code, meaning] of Object.entries(value)) {
    if (!/^[1-9]\d{0,2}$/.test(code) || Number(code) > 255) {
      return { problem: `has "${code}", which is no exit code from 1 to 255` };
    }
    const { class: name, retryable } = isMapping(meaning)
      ? meaning
      : { class: meaning, retryable: undefined };
    if (typeof name !== "string" || !/^[A-Za-z][A-Za-z0-9_.-]{0,63}$/.test(name)) {
      return { problem: `must give code ${code} an error class, such as "rate_limited"` };
    }
    if (retryable !== undefined && typeof retryable !== "boolean") {
      return { problem: `must say true or false for "retryable" of code ${code}` };
    }
    codes[code] = { class: name, retryable: retryable ?? !isHopeless(name) };
  }
  return { value: codes };
}

function isMapping(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function decode(bytes: Uint8Array, path: string): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw new AppError("invalid_definition", `${path}:1: the file is not UTF-8`);
  }
}

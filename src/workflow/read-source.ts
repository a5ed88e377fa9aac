import type { CST } from "yaml";
import { composeYaml } from "./compose-yaml.ts";
import { parseTokens } from "./parse-tokens.ts";
import { createReport, type Report } from "./report.ts";
import type { SourceNode } from "./source-node.ts";
import { textLines, type TextLines } from "./text-lines.ts";
import { readUsualYaml } from "./usual-yaml/read-usual-yaml.ts";

export interface Source {
  text: string;
  lines: TextLines;
  /** Null when the text is not YAML, exceeds a limit or has aliases that cannot be expanded; the report says why. */
  root: SourceNode | null;
  report: Report;
  /** The tokens of the whole text, which edits use. Empty when the text exceeds a limit. */
  tokens(): readonly CST.Token[];
}

const mostBytes = 1024 * 1024;

/** Reads YAML 1.2 or JSON. The report has the problems of the text itself, with their places. */
export function readSource(text: string): Source {
  const lines = textLines(text);
  if (isTooLarge(text)) return refuseTooLarge(text, lines);
  const usual = readUsualYaml(text);
  return usual ? makeUsualSource(text, lines, usual) : composedSource(text, lines);
}

function refuseTooLarge(text: string, lines: TextLines): Source {
  const report = createReport(lines, () => null);
  report.error("schema", {
    code: "too_large",
    message: "this is larger than 1 MiB, which is the limit",
    path: [],
    at: { start: 0, end: 0, origin: null },
  });
  return { text, lines, root: null, report, tokens: () => [] };
}

function makeUsualSource(text: string, lines: TextLines, root: SourceNode): Source {
  let tokens: readonly CST.Token[] | null = null;
  return {
    text,
    lines,
    root,
    report: createReport(lines, () => root),
    tokens: () => (tokens ??= tokensOf(text)),
  };
}

function composedSource(text: string, lines: TextLines): Source {
  const known: { root: SourceNode | null } = { root: null };
  const report = createReport(lines, () => known.root);
  const { root, tokens } = composeYaml({ text, lines, report });
  known.root = root;
  return { text, lines, root, report, tokens: () => tokens };
}

function tokensOf(text: string): readonly CST.Token[] {
  const parsed = parseTokens(text);
  if ("problem" in parsed) throw new Error("a text that was read has too many tokens");
  return parsed.tokens;
}

function isTooLarge(text: string): boolean {
  if (text.length * 3 <= mostBytes) return false;
  return text.length > mostBytes || Buffer.byteLength(text) > mostBytes;
}

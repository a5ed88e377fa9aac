import { Composer, type CST, type Document } from "yaml";
import { buildTree } from "./build-tree.ts";
import { limits, parseTokens } from "./parse-tokens.ts";
import { createReport, type Report } from "./report.ts";
import type { SourceNode, Spot } from "./source-node.ts";
import { textLines, type TextLines } from "./text-lines.ts";
import { unseenAround } from "./unseen-characters.ts";

export interface Source {
  text: string;
  lines: TextLines;
  /** Null: the text is no YAML, too much of it, or has aliases that cannot be expanded; the report says why. */
  root: SourceNode | null;
  report: Report;
  /** All of the text, piece by piece: what an edit goes by. Empty where there is too much of it. */
  tokens: readonly CST.Token[];
}

const most = { bytes: 1024 * 1024, syntaxErrors: 10 };

/** Reads YAML 1.2 or JSON, once. What is wrong with the text itself is in the report, with its place. */
export function readSource(text: string): Source {
  const source: Source = { text, lines: textLines(text), root: null, report: emptyReport(), tokens: [] };
  source.report = createReport(source.lines, () => source.root);
  const { report } = source;
  if (isTooLarge(text)) {
    const message = "this is larger than 1 MiB, which is the limit";
    report.error("schema", { code: "too_large", message, path: [], at: spot(0) });
    return source;
  }
  const parsed = parseTokens(text);
  if ("problem" in parsed) {
    const { code, problem, offset } = parsed;
    report.error("schema", { code, message: problem, path: [], at: spot(offset) });
    return source;
  }
  source.tokens = parsed.tokens;
  const document = compose(source, parsed.tokens, report);
  if (document) source.root = buildTree(document, limits.nesting, report);
  return source;
}

/** The first document, when it has no faults of syntax. Duplicate keys are found by us: yaml compares each with all. */
function compose(
  { text, lines }: Source,
  tokens: readonly CST.Token[],
  report: Report,
): Document.Parsed | null {
  const composer = new Composer({
    version: "1.2",
    schema: "core",
    merge: false,
    resolveKnownTags: false,
    uniqueKeys: false,
    prettyErrors: false,
  });
  const [document, second] = composer.compose(tokens, true, text.length);
  if (!document) throw new Error("yaml composed no document");
  const errors = firstErrors(document);
  const syntax = errors.filter(({ code }) => code !== "TAG_RESOLVE_FAILED");
  const isUnseen = unseenAround(
    text,
    lines,
    syntax.map(({ pos }) => pos[0]),
    report,
  );
  for (const { code, message, pos } of errors) {
    if (code === "TAG_RESOLVE_FAILED") reportTag(report, message, pos[0]);
    else if (!isUnseen)
      report.error("schema", {
        code: "yaml_syntax",
        message: `this is not YAML: ${lowerFirst(message)}`,
        path: [],
        at: spot(pos[0]),
        hint: code === "UNEXPECTED_TOKEN" ? "a text that holds any of { } [ ] , : # goes into quotes" : null,
      });
  }
  for (const { code, message, pos } of document.warnings) {
    if (code === "TAG_RESOLVE_FAILED") reportTag(report, message, pos[0]);
  }
  if (second) {
    report.error("schema", {
      code: "several_documents",
      message: "a file holds one workflow, but a second document begins here",
      path: [],
      at: spot(second.contents?.range[0] ?? second.range[0]),
      hint: 'take the line "---" out, or put the second workflow in a file of its own',
    });
  }
  return document.errors.some(({ code }) => code !== "TAG_RESOLVE_FAILED") ? null : document;
}

/** The errors up to the first token that fits nowhere: yaml trips over everything behind it. */
function firstErrors({ errors }: Document.Parsed): Document.Parsed["errors"] {
  const lost = errors.findIndex(({ code }) => code === "UNEXPECTED_TOKEN");
  return errors.slice(0, lost < 0 ? most.syntaxErrors : Math.min(lost + 1, most.syntaxErrors));
}

function reportTag(report: Report, message: string, at: number): void {
  report.error("schema", {
    code: "unknown_tag",
    message: `YAML tags are not used here: ${lowerFirst(message)}`,
    path: [],
    at: spot(at),
    hint: "write the value without a tag",
  });
}

function isTooLarge(text: string): boolean {
  if (text.length * 3 <= most.bytes) return false;
  return text.length > most.bytes || Buffer.byteLength(text) > most.bytes;
}

function emptyReport(): Report {
  return createReport(textLines(""), () => null);
}

function spot(start: number): Spot {
  return { start, end: start, origin: null };
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}

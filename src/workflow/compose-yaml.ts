import { Composer, type CST, type Document } from "yaml";
import { buildTree } from "./build-tree.ts";
import { limits, parseTokens } from "./parse-tokens.ts";
import type { Report } from "./report.ts";
import type { SourceNode, Spot } from "./source-node.ts";
import type { TextLines } from "./text-lines.ts";
import { unseenAround } from "./unseen-characters.ts";

const mostSyntaxErrors = 10;

interface ReportedText {
  text: string;
  lines: TextLines;
  report: Report;
}

/** Reads a text with the `yaml` library, which knows all of YAML 1.2 and finds every error. */
export function composeYaml({ text, lines, report }: ReportedText): {
  root: SourceNode | null;
  tokens: readonly CST.Token[];
} {
  const parsed = parseTokens(text);
  if ("problem" in parsed) {
    const { code, problem, offset } = parsed;
    report.error("schema", { code, message: problem, path: [], at: spot(offset) });
    return { root: null, tokens: [] };
  }
  const { tokens } = parsed;
  const document = compose({ text, lines, report }, tokens);
  return { root: document && buildTree(document, limits.nesting, report), tokens };
}

/** The first document, if its syntax is right. We find duplicate keys ourselves, because `yaml` compares every pair. */
function compose(
  { text, lines, report }: ReportedText,
  tokens: readonly CST.Token[],
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

/** The errors up to the first token that fits nowhere: everything after it is an error for `yaml`. */
function firstErrors({ errors }: Document.Parsed): Document.Parsed["errors"] {
  const lost = errors.findIndex(({ code }) => code === "UNEXPECTED_TOKEN");
  return errors.slice(0, lost < 0 ? mostSyntaxErrors : Math.min(lost + 1, mostSyntaxErrors));
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

function spot(start: number): Spot {
  return { start, end: start, origin: null };
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}

import type { Finding } from "../../workflow/finding.ts";
import { printFinding } from "../../workflow/print-finding.ts";
import type { Paint } from "./paint.ts";
import { plainLine, plainText } from "./plain-text.ts";

interface Source {
  text: string;
  file: string;
}

/** Every finding with its source line and a caret, in the order of the text, and a line that sums up. */
export function findingsText(findings: readonly Finding[], source: Source, paint: Paint): string {
  return [...findingLines(findings, source, paint), sum(findings, source.file, paint)].join("\n");
}

/** Each finding, over several lines, with its source line and a caret, in the order of the text. */
export function findingLines(findings: readonly Finding[], { text, file }: Source, paint: Paint): string[] {
  const sorted = findings.toSorted((a, b) => a.line - b.line || a.column - b.column);
  return sorted.map((finding) => {
    const [head = "", ...rest] = plainText(printFinding(finding, text, file)).split("\n");
    const word = finding.severity === "error" ? paint.bad("error:") : paint.warn("warning:");
    return [head.replace(`${finding.severity}:`, word), ...rest].join("\n");
  });
}

function sum(findings: readonly Finding[], file: string, paint: Paint): string {
  const errors = findings.filter(({ severity }) => severity === "error");
  const warnings = findings.filter(({ severity }) => severity === "warning");
  const counts = [count(errors, "error"), count(warnings, "warning")].filter((text) => text !== "");
  const isMissing = errors.length > 0 && errors.every(({ category }) => category === "preflight");
  const verdict = isMissing ? "cannot start here" : "not valid";
  const word = errors.length === 0 ? paint.good("valid") : paint.bad(verdict);
  return `${plainLine(file)}: ${word}${counts.length > 0 ? `, ${counts.join(", ")}` : ""}`;
}

/** The line that tells how many are left out is none itself. */
function count(findings: readonly Finding[], what: string): string {
  const many = findings.filter(({ code }) => code !== "more_findings").length;
  const text = many === 0 ? "" : `${many} ${what}${many === 1 ? "" : "s"}`;
  return many === findings.length ? text : `more than ${text}`;
}

import type { ValidationResult } from "../workflow/finding.ts";
import { printFinding } from "../workflow/print-finding.ts";
import type { Paint } from "./paint.ts";
import { plainLine, plainText } from "./plain-text.ts";

/** Every finding with its source line and a caret, in the order of the text, and a line that sums up. */
export function findingsText(
  validation: ValidationResult,
  source: string,
  file: string,
  paint: Paint,
): string {
  const findings = [...validation.errors, ...validation.warnings].toSorted(
    (a, b) => a.line - b.line || a.column - b.column,
  );
  const blocks = findings.map((finding) => {
    const [head = "", ...rest] = plainText(printFinding(finding, source, file)).split("\n");
    const word = finding.severity === "error" ? paint.bad("error:") : paint.warn("warning:");
    return [head.replace(`${finding.severity}:`, word), ...rest].join("\n");
  });
  return [...blocks, sum(validation, file, paint)].join("\n");
}

function sum({ valid, errors, warnings }: ValidationResult, file: string, paint: Paint): string {
  const counts = [count(errors.length, "error"), count(warnings.length, "warning")].filter(
    (text) => text !== "",
  );
  const word = valid ? paint.good("valid") : paint.bad("not valid");
  return `${plainLine(file)}: ${word}${counts.length > 0 ? `, ${counts.join(", ")}` : ""}`;
}

function count(many: number, what: string): string {
  return many === 0 ? "" : `${many} ${what}${many === 1 ? "" : "s"}`;
}

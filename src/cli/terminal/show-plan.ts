import { withoutKnown } from "../../operation/check-definition.ts";
import type { PlannedRun } from "../../operation/plan-run.ts";
import type { Finding } from "../../workflow/finding.ts";
import { invalidDefinition } from "../../workflow/findings-error.ts";
import { printPlan } from "../../workflow/print-plan.ts";
import type { Invocation } from "../command.ts";
import { plainText } from "./plain-text.ts";
import { findingLines } from "./print-findings.ts";

const mostWarnings = 10;

/** Prints what would run, with what is missing here; false when something is. Throws as `warn` does. */
export function showPlan(invocation: Invocation, planned: PlannedRun): boolean {
  const { given, output } = invocation;
  const { plan, composed } = planned;
  warn(invocation, planned);
  if (given.text("format") === "json") output.json(plan);
  else {
    output.line(plainText(printPlan(plan)).trimEnd());
    const missing = findingLines(plan.preflight, composed.source, output.notePaint);
    if (missing.length > 0) output.note(missing.join("\n"));
  }
  return plan.preflight.length === 0;
}

/**
 * The definition's warnings, on stderr: the first few and how many there are. With `--strict` they are errors: throws
 * `FindingsError`.
 */
export function warn({ given, output }: Invocation, { composed, plan }: PlannedRun): void {
  const { source } = composed;
  const warnings = withoutKnown(plan.validation.warnings, plan.preflight);
  if (given.flag("strict") && warnings.length > 0) {
    throw invalidDefinition({ valid: false, errors: warnings.map(asError), warnings: [] }, source);
  }
  // With --events stderr is JSON lines alone; a plan as JSON has them in it.
  if (given.flag("events") || (given.text("format") === "json" && given.flag("dry-run"))) return;
  const lines = findingLines(warnings.slice(0, mostWarnings), source, output.notePaint);
  const more = warnings.length - mostWarnings;
  if (more > 0) lines.push(`… and ${more} more; skillmeat workflow validate shows all of them`);
  if (lines.length > 0) output.note(lines.join("\n"));
}

function asError(finding: Finding): Finding {
  return { ...finding, severity: "error" };
}

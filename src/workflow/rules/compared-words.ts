import { isStageStatus, meetings, type Meeting } from "../../expression/meetings.ts";
import { nearest } from "../../expression/nearest.ts";
import { deepEqual } from "../../expression/deep-equal.ts";
import { stageStatuses, statusAliases } from "../../expression/stage-status.ts";
import type { Expression, Literal } from "../../expression/syntax.ts";
import type { Value } from "../../expression/value.ts";
import type { ExpressionSite } from "../expression-sites.ts";
import type { Report } from "../report.ts";
import { checkValue } from "../value-type.ts";
import { siteSpot, type Rule, type Subject } from "../subject.ts";

const aliases = Object.keys(statusAliases);
const words: readonly string[] = [...stageStatuses, ...aliases];
const list = (names: readonly string[]): string => names.map((name) => `"${name}"`).join(", ");
const hint = `the statuses are ${list(stageStatuses)}; "success" is completed, "failure" is failed or timed_out`;

/** What other tools call the end of a stage, where the letters alone would not tell. */
const meant: Readonly<Record<string, string>> = {
  succeeded: "success",
  succeed: "success",
  successful: "success",
  ok: "success",
  passed: "success",
  pass: "success",
  done: "completed",
  finished: "completed",
  complete: "completed",
  approved: "completed",
  error: "failure",
  errored: "failure",
  fail: "failed",
  failing: "failed",
  rejected: "failed",
  timeout: "timed_out",
  aborted: "cancelled",
  stopped: "cancelled",
  in_progress: "running",
  queued: "pending",
  waiting: "waiting_for_approval",
};

/** One comparison with a literal, and where the literal stands. */
interface ComparedLiteral {
  literal: Literal;
  other: Expression;
  /** `in`: the literal is looked for in the other; `around`: the other in the literal. */
  use: "equal" | "in" | "around";
}

/** Words that a status or a parameter with declared values can be compared with: others are never equal. */
export const comparedWords: Rule = (subject, report) => {
  for (const site of subject.sites) {
    for (const { expression, offset } of site.expressions) {
      const compared = meetings(expression).flatMap(withLiteral);
      const tell = { subject, report, site, offset };
      checkStatuses(tell, compared);
      for (const each of compared) checkEnum(tell, each);
    }
  }
};

function withLiteral({ left, right, use }: Meeting): ComparedLiteral[] {
  if (right.kind === "literal")
    return [{ literal: right, other: left, use: use === "contains" ? "in" : "equal" }];
  if (left.kind === "literal")
    return [{ literal: left, other: right, use: use === "contains" ? "around" : "equal" }];
  return [];
}

interface ComparisonReport {
  subject: Subject;
  report: Report;
  site: ExpressionSite;
  offset: number;
}

function checkStatuses(
  { subject, report, site, offset }: ComparisonReport,
  compared: readonly ComparedLiteral[],
): void {
  const statuses = compared.filter(({ other }) => isStageStatus(other));
  for (const { literal, use } of statuses) {
    if (literal.value === null || canBe(literal.value, use)) continue;
    report.error("expression", {
      code: "unknown_status",
      message: `no stage can have the status ${JSON.stringify(literal.value)}`,
      path: site.path,
      at: siteSpot(subject, site, offset + literal.start),
      hint: statusHint(literal.value),
    });
  }
  const failed = statuses.find(({ literal }) => literal.value === "failed");
  const isCovered = statuses.some(({ literal: { value } }) => value === "timed_out" || value === "failure");
  if (!failed || isCovered) return;
  report.warn("expression", {
    code: "failed_without_timeout",
    message: 'a stage that ran into its timeout is "timed_out", not "failed"',
    path: site.path,
    at: siteSpot(subject, site, offset + failed.literal.start),
    hint: 'compare with "failure", which is both, or with "timed_out" as well',
  });
}

function canBe(value: Value, use: ComparedLiteral["use"]): boolean {
  if (typeof value !== "string") return false;
  if (use === "in") return words.some((word) => word.includes(value));
  return use === "around" ? words.some((word) => value.includes(word)) : words.includes(value);
}

function statusHint(value: Value): string {
  const word = typeof value === "string" ? value.trim().toLowerCase().replaceAll(/[ -]/g, "_") : "";
  const near = Object.hasOwn(meant, word) ? (meant[word] ?? null) : nearest(word, words);
  return near === null ? hint : `did you mean "${near}"? ${hint}`;
}

function checkEnum(
  { subject, report, site, offset }: ComparisonReport,
  { literal, other, use }: ComparedLiteral,
): void {
  const name = use === "equal" ? parameterOf(other) : null;
  const { parameters } = subject.definition.config;
  const declared = name !== null && Object.hasOwn(parameters, name) ? parameters[name] : undefined;
  const values = declared?.enum;
  const { value } = literal;
  // Values that are wrong themselves have been reported.
  if (values?.some((each) => checkValue(declared?.type ?? "", each) !== null)) return;
  if (!values || value === null || values.some((each) => deepEqual(each, value))) return;
  const texts = values.filter((each) => typeof each === "string");
  const near = typeof value === "string" ? nearest(value, texts) : null;
  const known = `its values are ${values.map((each) => JSON.stringify(each)).join(", ")}`;
  report.warn("expression", {
    code: "never_equal",
    message: `the parameter "${name}" is never ${JSON.stringify(value)}`,
    path: site.path,
    at: siteSpot(subject, site, offset + literal.start),
    hint: near === null ? known : `did you mean "${near}"? ${known}`,
  });
}

/** The name in `parameters.name`, in dots or brackets. */
function parameterOf(node: Expression): string | null {
  if (node.kind !== "member" && node.kind !== "index") return null;
  if (node.object.kind !== "name" || node.object.name !== "parameters") return null;
  if (node.kind === "member") return node.property;
  return node.index.kind === "literal" && typeof node.index.value === "string" ? node.index.value : null;
}

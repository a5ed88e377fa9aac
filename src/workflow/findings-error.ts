import { AppError } from "../errors.ts";
import type { Finding, ValidationResult } from "./finding.ts";

/** Findings that keep something from being done. */
export class FindingsError extends AppError {
  declare readonly details: readonly Finding[];
  /** The text that they are about and its name, as findings are shown with them. */
  readonly source: { text: string; file: string };

  constructor(
    code: "invalid_definition" | "preflight_failed",
    message: string,
    findings: readonly Finding[],
    source: FindingsError["source"],
  ) {
    super(code, message, findings);
    this.name = "FindingsError";
    this.source = { text: source.text, file: source.file };
  }
}

/** A definition that does not hold; the details are all findings, the errors first. */
export function invalidDefinition(
  { errors, warnings }: ValidationResult,
  source: FindingsError["source"],
): FindingsError {
  const count = errors.length === 1 ? "an error" : `${errors.length} errors`;
  const message = `the definition has ${count}: ${errors[0]?.message ?? "it does not hold"}`;
  return new FindingsError("invalid_definition", message, [...errors, ...warnings], source);
}

/** Stages that could not start; nothing was started. */
export function preflightError(findings: readonly Finding[], source: FindingsError["source"]): FindingsError {
  const [first, ...others] = findings;
  const more = others.length === 0 ? "" : `, and ${others.length} more`;
  const message = `nothing was started: ${first?.message ?? "something is missing"}${more}`;
  return new FindingsError("preflight_failed", message, findings, source);
}

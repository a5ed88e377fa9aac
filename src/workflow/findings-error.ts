import { AppError } from "../errors.ts";
import type { Finding, ValidationResult } from "./finding.ts";

/** Thrown when findings keep something from being done. */
export class FindingsError extends AppError {
  declare readonly details: readonly Finding[];
  /** The text that the findings are about and its name, which are shown with them. */
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

/** The error for an invalid definition. Its details are all findings, the errors first. */
export function invalidDefinition(
  { errors, warnings }: ValidationResult,
  source: FindingsError["source"],
): FindingsError {
  const count = errors.length === 1 ? "an error" : `${errors.length} errors`;
  const message = `the definition has ${count}: ${errors[0]?.message ?? "it does not hold"}`;
  return new FindingsError("invalid_definition", message, [...errors, ...warnings], source);
}

/** The error for stages that could not start. Nothing was started. */
export function preflightError(findings: readonly Finding[], source: FindingsError["source"]): FindingsError {
  const [first, ...others] = findings;
  const more = others.length === 0 ? "" : `, and ${others.length} more`;
  const message = `nothing was started: ${first?.message ?? "something is missing"}${more}`;
  return new FindingsError("preflight_failed", message, findings, source);
}

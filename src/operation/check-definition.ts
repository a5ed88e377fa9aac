import { openArtifacts } from "../collection/artifacts.ts";
import type { FoundDefinition } from "./stored-definition.ts";
import { validatedEntry } from "./workflow-entry.ts";
import type { Finding, ValidationResult } from "../workflow/finding.ts";
import { checkText } from "./check-text.ts";
import type { RunPlace } from "./plan-run.ts";
import { preflight } from "./preflight.ts";
import type { StartOptions } from "./start-trouble.ts";

/**
 * Everything that is wrong with a definition; with `isStrict` also everything that its stages need to start and lack
 * here.
 */
export async function checkDefinition(
  source: FoundDefinition,
  { isStrict, options }: { isStrict: boolean; options: StartOptions },
  { home, userHome, dispatch, log }: RunPlace,
): Promise<ValidationResult> {
  const surroundings = { beside: source.beside, workdir: options.workdir, home, userHome };
  const { text, file } = source;
  const job = { text, file, isStrict, surroundings, overridesOf: null };
  const checked = await checkText(job);
  if (!isStrict) return logValidation(checked.id, checked.validation, log);
  // What is missing outside the definition is part of the same answer; the definition itself may be valid all the same.
  const isOnlyMissing = checked.validation.errors.every(({ category }) => category === "artifact");
  const { definition, later } = isOnlyMissing ? await checkText({ ...job, isStrict: false }) : checked;
  const artifacts = openArtifacts(surroundings);
  const missing =
    definition && later
      ? (await preflight({ definition, artifacts, later }, options, { home, dispatch })).findings
      : [];
  const errors = [...checked.validation.errors, ...withoutKnown(missing, checked.validation.errors)];
  const result = {
    ...checked.validation,
    valid: errors.length === 0,
    errors: errors.toSorted((a, b) => a.line - b.line || a.column - b.column),
  };
  return logValidation(checked.id, result, log);
}

/** Both the rules and the preflight find a missing or invalid agent or server, so the second finding is dropped. */
export function withoutKnown(findings: readonly Finding[], told: readonly Finding[]): Finding[] {
  const paths = new Set(told.filter(({ code }) => agentCodes.has(code)).map(({ path }) => path));
  return findings.filter(({ code, path }) => !agentCodes.has(code) || !paths.has(path));
}

const agentCodes = new Set([
  "unknown_artifact",
  "broken_agent",
  "agent_missing",
  "agent_broken",
  "mcp_server_missing",
  "mcp_server_broken",
  "skill_missing",
  "skill_broken",
]);

function logValidation(id: string, validation: ValidationResult, log: RunPlace["log"]): ValidationResult {
  log(validatedEntry(id, validation));
  return validation;
}

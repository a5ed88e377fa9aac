import type { ArtifactLookup } from "./artifact-lookup.ts";
import { checkShape } from "./check-shape.ts";
import { withDefaults } from "./defaults.ts";
import type { EffectiveDefinition } from "./effective.ts";
import { expressionSites } from "./expression-sites.ts";
import type { Finding, ValidationResult } from "./finding.ts";
import { reportForeignFile } from "./foreign-file.ts";
import { buildGraph } from "./graph.ts";
import { createGuess } from "./guess.ts";
import { mergeOverrides } from "./merge-overrides.ts";
import type { ProjectOverrides } from "./overrides.ts";
import type { AppliedOverride } from "./plan.ts";
import { readSource, type Source } from "./read-source.ts";
import { createReport, type Report } from "./report.ts";
import { artifacts } from "./rules/artifacts.ts";
import { comparedWords } from "./rules/compared-words.ts";
import { cycles } from "./rules/cycles.ts";
import { declaredValues } from "./rules/declared-values.ts";
import { dependencies } from "./rules/dependencies.ts";
import { commits } from "./rules/commits.ts";
import { expressions } from "./rules/expressions.ts";
import { emptyBudgets } from "./rules/empty-budgets.ts";
import { gates } from "./rules/gates.ts";
import { inputSources } from "./rules/input-sources.ts";
import { inputValues } from "./rules/input-values.ts";
import { references } from "./rules/references.ts";
import { rollback } from "./rules/rollback.ts";
import { stageIds } from "./rules/stage-ids.ts";
import { stageTypes } from "./rules/stage-types.ts";
import { secretParameters } from "./rules/secret-parameters.ts";
import { unusedParameters } from "./rules/unused-parameters.ts";
import { child, textOf, type SourceNode } from "./source-node.ts";
import { laterPlaces, type LaterPlaces } from "./later-places.ts";
import { graphParts, type Rule } from "./subject.ts";
import { walkStages } from "./stage-walk.ts";

/** The maximum number of findings of each severity in one result. */
const mostFindings = 200;

const rules: readonly Rule[] = [
  stageIds,
  stageTypes,
  dependencies,
  cycles,
  gates,
  commits,
  emptyBudgets,
  rollback,
  declaredValues,
  secretParameters,
  unusedParameters,
  expressions,
  references,
  comparedWords,
  inputSources,
  inputValues,
  artifacts,
];

export interface CheckOptions {
  file: string;
  /** Without a lookup, artifacts are not checked. */
  artifacts?: ArtifactLookup;
  /** True: a missing artifact is an error instead of a warning. */
  strict?: boolean;
  overrides?: ProjectOverrides;
}

export interface CheckedWorkflow {
  /** `workflow.id` as it is written, whatever the findings; empty when none can be read. */
  id: string;
  validation: ValidationResult;
  /** The definition with overrides and defaults; null when there are errors. */
  definition: EffectiveDefinition | null;
  overrides: AppliedOverride[];
  /** The places for later findings; null when there are errors. */
  later: LaterPlaces | null;
}

export interface CheckedDraft {
  validation: ValidationResult;
  /** Null when the text is not YAML. */
  root: SourceNode | null;
  /** The valid parts of the definition with every default, whatever the findings; null without a tree. */
  definition: EffectiveDefinition | null;
}

/** Checks a text that is being edited, and returns the parts that can be shown. */
export function checkDraft(text: string, options: CheckOptions): CheckedDraft {
  const source = readSource(text);
  const { root, report } = source;
  if (!root) return { validation: resultOf(report.findings()), root: null, definition: null };
  const { validation, draft } = checkTree(source, root, report, options);
  return { validation, root, definition: draft };
}

/** Checks a definition's text, and the definition that would run after the project's overrides are merged in. */
export function checkWorkflow(text: string, options: CheckOptions): CheckedWorkflow {
  const source = readSource(text);
  const none = { overrides: [] };
  if (!source.root)
    return { id: "", validation: resultOf(source.report.findings()), definition: null, later: null, ...none };
  const own = checkedTree(source, source.root, source.report, options);
  const id = textOf(child(child(source.root, "workflow"), "id")) ?? "";
  const patch = id === "" ? null : child(options.overrides?.root, id);
  if (!patch || !own.definition) return { ...own, id, ...none };
  const merged: { root: SourceNode | null } = { root: null };
  const report = createReport(source.lines, () => merged.root);
  const { root, applied } = mergeOverrides(source.root, patch, own.definition, report);
  merged.root = root;
  const checked = checkedTree(source, root, report, options);
  return { ...checked, id, overrides: applied };
}

function checkedTree(
  ...given: Parameters<typeof checkTree>
): Pick<CheckedWorkflow, "validation" | "definition" | "later"> {
  const { validation, draft } = checkTree(...given);
  if (!validation.valid) return { validation, definition: null, later: null };
  const [{ lines }, root] = given;
  return { validation, definition: draft, later: laterPlaces(root, lines, walkStages(draft)) };
}

function checkTree(
  { text }: Source,
  root: SourceNode,
  report: Report,
  options: CheckOptions,
): { validation: ValidationResult; draft: EffectiveDefinition } {
  if (reportForeignFile(root, report))
    return { validation: resultOf(report.findings()), draft: withDefaults({}) };
  const definition = withDefaults(checkShape(text, root, report));
  const subject = {
    text,
    root,
    definition,
    ...graphParts(buildGraph(definition.stages)),
    stages: walkStages(definition),
    sites: expressionSites(root),
    artifacts: options.artifacts ?? null,
    isStrict: options.strict ?? false,
    guess: createGuess(),
  };
  for (const rule of rules) rule(subject, report);
  return { validation: resultOf(report.findings()), draft: definition };
}

function resultOf(findings: readonly Finding[]): ValidationResult {
  const errors = findings.filter(({ severity }) => severity === "error");
  const warnings = findings.filter(({ severity }) => severity === "warning");
  return { valid: errors.length === 0, errors: firstOf(errors), warnings: firstOf(warnings) };
}

/** More findings help nobody, so the last one says how many are omitted. */
function firstOf(findings: Finding[]): Finding[] {
  const next = findings[mostFindings];
  if (!next) return findings;
  const left = findings.length - mostFindings;
  const message = `${left} more ${next.severity}${left === 1 ? " is" : "s are"} not shown`;
  const hint = "fix these first, then check again";
  return [...findings.slice(0, mostFindings), { ...next, code: "more_findings", message, hint }];
}

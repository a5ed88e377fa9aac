import type { Value } from "../expression/value.ts";
import { budgetTexts } from "./budget-text.ts";
import { formatDuration } from "./duration.ts";
import type { Plan, PlanBatch, PlanStage } from "./plan.ts";
import { stageKind } from "./stage-kind.ts";

const longestValue = 200;

/** Prints the plan for people, followed by overrides and missing artifacts, if any. Ends with a line end. */
export function printPlan(plan: Plan): string {
  const { workflow, parameters, batches } = plan;
  const values = parameters.map(
    ({ name, value, origin }) => `${name}=${showValue(value)}${origin === "given" ? "" : ` (${origin})`}`,
  );
  const missing = plan.artifacts.filter(({ resolved }) => !resolved).map(({ ref }) => ref);
  const lines = [
    `Workflow: ${workflow.name} v${workflow.version}`,
    ...labelLine("", "Parameters", values),
    ...labelLine("", "Budget", budgetTexts(plan.budget)),
    "",
    "Execution Plan:",
    ...batches.flatMap(batchLines),
    "",
    `Critical path: ${plan.critical_path.join(" → ")}`,
    `Estimated longest time: ${formatDuration(plan.estimated_seconds * 1000)} (excluding approval gates)`,
    ...labelLine("", "Missing artifacts", missing),
    ...(plan.overrides.length > 0 ? ["Overrides:"] : []),
    ...plan.overrides.map(({ path, from, to }) => `  ${path}: ${showValue(from)} → ${showValue(to)}`),
  ];
  // A name may contain line ends, and the text after one would look like a line of the plan.
  return `${lines.map((line) => line.replace(/[\r\n\u2028\u2029]+/g, " ")).join("\n")}\n`;
}

function batchLines({ index, kind, stages }: PlanBatch): string[] {
  const after = index > 1 ? ` after Batch ${index - 1}` : "";
  return [`  Batch ${index} (${kind}${after}):`, ...stages.flatMap(stageLines)];
}

function stageLines(stage: PlanStage): string[] {
  const { gate, agent, model, condition, idle_timeout: idle } = stage;
  const head = `    [${stage.id}] ${stage.name}`;
  const conditions = condition === null ? [] : [stripBraces(condition)];
  if (gate && stageKind(stage.type).isDecided) {
    return [
      head,
      ...labelLine("      ", "Condition", conditions),
      `      Type: ${gate.kind}`,
      ...labelLine("      ", "Approvers", gate.approvers),
      `      Timeout: ${stage.timeout}`,
    ];
  }
  return [
    head,
    ...labelLine("      ", "Condition", conditions),
    ...(agent === null ? [] : [`      Agent: ${agent}${model === null ? "" : ` (${model})`}`]),
    ...labelLine("      ", "Tools", stage.tools),
    ...labelLine("      ", "Inputs", stage.inputs.flatMap(inputText)),
    ...contextLine(stage),
    ...(stage.workspace === "shared" ? [] : [`      Workspace: ${stage.workspace}`]),
    ...(stage.commit === "never" ? [] : [`      Commit: on ${stage.commit}`]),
    ...(stage.permissions === "deny" ? [] : [`      Permissions: ${stage.permissions}`]),
    ...labelLine("      ", "Budget", budgetTexts(stage.budget)),
    `      Timeout: ${stage.timeout}`,
    ...(idle === null ? [] : [`      Idle timeout: ${idle}`]),
    ...startLines(stage),
  ];
}

/** What is started for a stage here, and what it may do there. */
function startLines({ start }: PlanStage): string[] {
  if (start === null) return [];
  const { dispatcher, program, version, tools, allows } = start;
  const found = [program, version].filter((word) => word !== null).join(" ");
  const head = `      Starts: ${dispatcher}${found === "" ? "" : ` (${found})`}`;
  if (allows === null) return [head];
  const rules = tools.length === 0 ? ["only what needs no permission"] : tools;
  return [head, ...labelLine("      ", "Allows", allows === "rules" ? rules : ["what its sandbox allows"])];
}

/** The source of an input. A literal, which means nothing by itself, is printed with the input's name. */
function inputText({ name, source, value }: PlanStage["inputs"][number]): string[] {
  if (source !== null) return [stripBraces(source)];
  return value === null ? [] : [`${name}=${showValue(value)}`];
}

function contextLine({ context_modules: modules, memory_max_tokens: tokens }: PlanStage): string[] {
  const memory = tokens === null ? [] : [`${tokens} tokens memory`];
  const parts = [...(modules.length > 0 ? [modules.join(", ")] : []), ...memory];
  return parts.length === 0 ? [] : [`      Context: ${parts.join(" + ")}`];
}

function labelLine(indent: string, label: string, values: readonly string[]): string[] {
  return values.length === 0 ? [] : [`${indent}${label}: ${values.join(", ")}`];
}

/** Removes the braces of an expression and puts it on one line. A template stays as it is. */
function stripBraces(source: string): string {
  const line = source.trim().replace(/\s+/g, " ");
  const inner = /^\$\{\{((?:(?!\$\{\{).)*)\}\}$/.exec(line)?.[1];
  return inner === undefined ? line : inner.trim();
}

/** Prints a text as it is, unless it would break the line, and everything else as JSON. Long values are cut. */
function showValue(value: Value): string {
  // oxlint-disable-next-line no-control-regex
  const isPlain = typeof value === "string" && value !== "" && !/[\u0000-\u001f\u007f-\u009f]/.test(value);
  const text = isPlain ? value : JSON.stringify(value);
  const units = Array.from(text.slice(0, longestValue * 2));
  return units.length > longestValue ? `${units.slice(0, longestValue).join("")}…` : text;
}

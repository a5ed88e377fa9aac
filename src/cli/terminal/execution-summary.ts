import { limitText, limitUses } from "../../execution/budget.ts";
import type { ExecutionRecord, StepRecord, Usage } from "../../execution/record.ts";
import type { EffectiveDefinition } from "../../workflow/effective.ts";
import { costText } from "./cost-text.ts";
import { elapsedText } from "./elapsed.ts";
import { paintStatus, type Paint } from "./paint.ts";
import { plainLine, plainText } from "./plain-text.ts";
import { tableLines } from "./table.ts";
import { stageKind } from "../../workflow/stage-kind.ts";

interface SummaryOptions {
  paint: Paint;
  /** Of the terminal; 0 for no limit. */
  columns: number;
  /** False where a live table with the same rows stands above. */
  withSteps: boolean;
  /** True where lines of events stand above, which have told why a stage failed. */
  isTold: boolean;
  /** The command that shows more. */
  more: string;
  nowMs: number;
}

/** What is left to say about an execution: how it ended, each stage's result, the last outputs, cost, where to look. */
export function runSummary(
  record: ExecutionRecord,
  steps: readonly StepRecord[],
  definition: EffectiveDefinition,
  options: SummaryOptions,
): string {
  const { paint, withSteps, more } = options;
  return [
    ...(withSteps ? [...stepTable(steps, options), ""] : []),
    headline(record, steps, options),
    ...lastOutputs(steps, definition, paint),
    ...lastTexts(steps, definition, paint),
    ...costLines(record.usage),
    ...limitUses(record.budget, record.usage).map((use) => `budget: ${limitText(use)} spent`),
    ...(record.waiting_gates.length > 0 ? [`waits for approval: ${record.waiting_gates.join(", ")}`] : []),
    `more: ${more}`,
  ].join("\n");
}

function stepTable(steps: readonly StepRecord[], options: SummaryOptions): string[] {
  const { paint, columns, nowMs, isTold } = options;
  const titles = [
    { title: "batch", align: "right" as const },
    { title: "stage", shrinks: true as const },
    { title: "status", paint: (status: string) => paintStatus(paint, status) },
    { title: "try", align: "right" as const },
    { title: "elapsed", align: "right" as const },
    { title: "says", shrinks: true as const, paint: paint.dim },
  ];
  const rows = steps.map((step) => [
    String(step.batch),
    step.stage_id,
    step.status,
    stageKind(step.type).isDecided || step.started_at === null ? "" : String(step.attempt_number),
    span(step.started_at, step.completed_at, nowMs),
    stepSays(step, isTold),
  ]);
  return tableLines(titles, rows, columns);
}

function stepSays(step: StepRecord, isTold: boolean): string {
  const { error_class, error_message, workspace } = step;
  if (error_message !== null)
    return isTold ? (error_class ?? "") : `${error_class ?? "error"}: ${error_message}`;
  if (step.skip_reason !== null) return step.skip_reason;
  if (step.decided_by !== null)
    return `by ${step.decided_by}${step.decision_comment ? `: ${step.decision_comment}` : ""}`;
  const flags = [step.reused ? "kept from the earlier run" : "", step.recovered ? "recovered" : ""];
  if (workspace?.commit) flags.push(`commit ${workspace.commit.slice(0, 12)} on ${workspace.branch}`);
  return flags.filter((flag) => flag !== "").join(", ");
}

function headline(
  record: ExecutionRecord,
  steps: readonly StepRecord[],
  { paint, nowMs, withSteps }: SummaryOptions,
): string {
  const time = span(record.started_at, record.completed_at, nowMs);
  const name = plainLine(`${record.workflow_name} v${record.workflow_version}`);
  const why = withSteps ? withoutStepMessages(record.error_message, steps) : record.error_message;
  const error = why === null ? "" : `\n  ${plainLine(why)}`;
  const failures = record.had_failures && record.status === "completed" ? ", with failures" : "";
  const status = `${paintStatus(paint, record.status)}${failures}`;
  return `${paint.bold(name)}: ${status}${time === "" ? "" : ` in ${time}`} (${counts(steps)})${error}`;
}

/** Why an execution failed, without what the table above says of its stages. */
function withoutStepMessages(message: string | null, steps: readonly StepRecord[]): string | null {
  const said = steps.find((step) => step.error_message && message?.endsWith(`: ${step.error_message}`));
  return message === null || !said?.error_message
    ? message
    : message.slice(0, -said.error_message.length - 2);
}

function counts(steps: readonly StepRecord[]): string {
  const byStatus = new Map<string, number>();
  for (const { status } of steps) byStatus.set(status, (byStatus.get(status) ?? 0) + 1);
  return [...byStatus].map(([status, many]) => `${many} ${status.replaceAll("_", " ")}`).join(", ");
}

/** The outputs of the stages that nothing depends on. */
function lastOutputs(steps: readonly StepRecord[], definition: EffectiveDefinition, paint: Paint): string[] {
  const inner = new Set(definition.stages.flatMap(({ depends_on }) => depends_on));
  return steps.flatMap((step) => {
    const outputs = Object.entries(step.outputs ?? {});
    if (inner.has(step.stage_id) || outputs.length === 0) return [];
    return [
      `outputs of ${paint.bold(step.stage_id)}:`,
      ...outputs.map(([name, value]) => `  ${name}: ${showValue(value)}`),
    ];
  });
}

/** What the agents of the same stages have said at the end; cut, the whole is in the JSON and on the page. */
function lastTexts(steps: readonly StepRecord[], definition: EffectiveDefinition, paint: Paint): string[] {
  const inner = new Set(definition.stages.flatMap(({ depends_on }) => depends_on));
  return steps.flatMap(({ stage_id, text }) => {
    if (inner.has(stage_id) || text === null || text.trim() === "") return [];
    const lines = text.trim().split("\n");
    const said = lines.slice(0, mostTextLines).join("\n").slice(0, mostTextCharacters);
    const isCut = said.length < text.trim().length;
    return [`${paint.bold(stage_id)} says:`, `  ${showValue(said)}${isCut ? " …" : ""}`];
  });
}

const mostTextLines = 20;
const mostTextCharacters = 2000;

function showValue(value: unknown): string {
  return plainText(typeof value === "string" ? value : JSON.stringify(value)).replaceAll("\n", "\n    ");
}

function costLines(usage: Usage | null): string[] {
  if (usage === null) return [];
  const tokens = `${usage.input + usage.cache_read + usage.cache_write} tokens in, ${usage.output} out`;
  return [`cost: ${costText(usage)} (${tokens})`];
}

function span(from: string | null, to: string | null, nowMs: number): string {
  if (from === null) return "";
  return elapsedText((to === null ? nowMs : Date.parse(to)) - Date.parse(from));
}

import { withUsualModels } from "../../workflow/used-model.ts";
import type { EffectiveDefinition, EffectiveRole } from "../../workflow/effective.ts";
import { stringify } from "yaml";
import { zonedMoment } from "../../execution/local-time.ts";
import type { WorkflowRecord } from "../../store/workflow-record.ts";
import { workflowView } from "../../store/workflow-view.ts";
import type { CommandRun, Invocation } from "../command.ts";
import { exitCodes } from "../exit-code.ts";
import { storedWorkflow } from "../find-definition.ts";
import { withStore } from "../open-home.ts";
import { paintStatus } from "../terminal/paint.ts";
import type { Output } from "../terminal/output.ts";
import { plainLine, plainText } from "../terminal/plain-text.ts";
import { tableLines } from "../terminal/table.ts";
import { fileProblemLine } from "./workflow-list.ts";

export const run: CommandRun = (invocation) =>
  withStore(invocation.home, (store) => {
    const { given, output } = invocation;
    const workflow = storedWorkflow({ home: invocation.home, store }, given.argument(0));
    const isJson = given.text("format") === "json";
    if (given.flag("effective")) {
      const definition = effectiveOf(workflow);
      const effective = { ...definition, stages: withUsualModels(definition.stages) };
      if (isJson) output.json(effective);
      else output.write(stringify(effective, { lineWidth: 0 }));
    } else if (isJson) output.json(workflowView(workflow));
    else if (given.flag("yaml")) output.write(workflow.definition);
    else output.line(describeWorkflow(workflow, invocation).join("\n"));
    const problem = workflow.file_problem;
    if (problem && !isJson) output.note(fileProblemLine(invocation, workflow.slug, problem));
    return exitCodes.done;
  });

/** The definition with all defaults in, from what was read out of it when it was stored. */
function effectiveOf(workflow: WorkflowRecord): EffectiveDefinition {
  const { slug, name, version, description, author, tags, ui } = workflow;
  return {
    workflow: { id: slug, name, version, description, author, tags, ui },
    config: workflow.config,
    context: workflow.context,
    stages: workflow.stages,
    error_policy: workflow.error_policy,
    hooks: workflow.hooks,
  };
}

function describeWorkflow(workflow: WorkflowRecord, { output }: Invocation): string[] {
  const { paint, columns } = output;
  const last = workflow.last_execution;
  const facts: [string, string][] = [
    ["name", workflow.slug],
    ["status", workflow.status],
    ["author", plainLine(workflow.author ?? "")],
    ["tags", plainLine(workflow.tags.join(", "))],
    ["parameters", plainLine(parametersText(workflow))],
    ["file", workflow.file ?? ""],
    ["stored", `${zonedMoment(workflow.created_at)} by ${workflow.created_by ?? "unknown"}`],
    ["updated", zonedMoment(workflow.updated_at)],
    ["last run", last === null ? "never" : lastRunText(last, paint)],
  ];
  return [
    paint.bold(plainLine(`${workflow.name} v${workflow.version}`)),
    ...(workflow.description ? [plainText(workflow.description.trim())] : []),
    "",
    ...facts.filter(([, text]) => text !== "").map(([name, text]) => `${name.padEnd(11)} ${text}`),
    "",
    ...stageTable(workflow, columns),
  ];
}

function lastRunText(
  { status, started_at, run_id }: NonNullable<WorkflowRecord["last_execution"]>,
  paint: Output["paint"],
): string {
  const started = started_at === null ? [] : [zonedMoment(started_at)];
  return [paintStatus(paint, status), ...started, run_id].join(" ");
}

function parametersText({ config }: WorkflowRecord): string {
  const parameters = Object.entries(config.parameters);
  return parameters
    .map(([name, { type, required }]) => `${name}: ${type}${required ? " (required)" : ""}`)
    .join(", ");
}

/** A model that the stage does not name may be the agent's own; the plan shows which. */
function describeRole({ artifact, model }: EffectiveRole): string {
  return model === null ? artifact : `${artifact} (${model})`;
}

function stageTable({ stages }: WorkflowRecord, columns: number): string[] {
  const titles = [
    { title: "stage", shrinks: true as const },
    { title: "type" },
    { title: "done by", shrinks: true as const },
    { title: "after", shrinks: true as const },
    { title: "condition", shrinks: true as const },
  ];
  const rows = stages.map((stage) => [
    stage.id,
    stage.type,
    stage.roles ? describeRole(stage.roles.primary) : (stage.gate?.approvers.join(", ") ?? ""),
    stage.depends_on.join(", "),
    stage.condition ?? "",
  ]);
  return tableLines(titles, rows, columns);
}

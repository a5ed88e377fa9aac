import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parseDocument } from "yaml";
import type { EffectiveDefinition } from "../src/workflow/effective.ts";
import { resolveParameters } from "../src/workflow/parameters.ts";
import { planWorkflow } from "../src/workflow/plan.ts";
import { checkWorkflow } from "../src/workflow/validate.ts";
import { compare, msText, timeWork, timesRow, type Row } from "./measure.ts";

/** Checking and planning, against the time of the YAML library for the same text. */
export async function measureLanguage(): Promise<Row[]> {
  const large = largeWorkflow(1_000);
  const delivery = readFileSync(join(import.meta.dir, "../examples/delivery/WORKFLOW.yaml"), "utf8");
  const planned = await compare(9, {
    figure: () => timeWork(() => plan(large)),
    limit: () => timeWork(() => parseDocument(large)),
  });
  const checked = await compare(41, {
    figure: () => timeWork(() => check(delivery)),
    limit: () => timeWork(() => parseDocument(delivery)),
  });
  return [
    timesRow("check and plan 1,000 stages", planned, { limitIs: "yaml alone", most: 3 }),
    {
      ...timesRow("check the 8-stage delivery example", checked, { limitIs: "yaml alone", most: 3 }),
      budget: "< 20 ms",
      figure: msText(checked.figure),
      holds: checked.figure < 20,
    },
  ];
}

function plan(text: string): void {
  const { definition, validation, overrides } = checkWorkflow(text, { file: "WORKFLOW.yaml" });
  if (!definition) throw new Error(`the workflow does not hold: ${validation.errors[0]?.message}`);
  const parameters = resolveParameters(definition, { feature: "search" }, { coerce: true, overridden: [] });
  planWorkflow(definition, { parameters, overrides, validation });
}

/** The definition in a text, which must be valid. */
export function check(text: string): EffectiveDefinition {
  const { definition, validation } = checkWorkflow(text, { file: "WORKFLOW.yaml" });
  if (!definition) throw new Error(`the workflow does not hold: ${validation.errors[0]?.message}`);
  return definition;
}

/** Ten stages in each batch; each depends on two of the batch before and reads an output of one of them. */
export function largeWorkflow(count: number): string {
  const stages = Array.from({ length: count }, (_, at) => {
    const before = [at - 10, at - 10 - (at % 10 === 0 ? -1 : 1)].filter((each) => each >= 0);
    const source =
      before[0] === undefined ? "parameters.feature" : `stages.stage-${before[0]}.outputs.summary`;
    return [
      `  - id: stage-${at}`,
      `    name: Stage ${at}`,
      `    depends_on: [${before.map((each) => `stage-${each}`).join(", ")}]`,
      "    roles:",
      `      primary: { artifact: "agent:worker-${at % 7}", model: sonnet }`,
      "    inputs:",
      `      given: { type: string, source: "\${{ ${source} }}" }`,
      "    outputs:",
      "      summary: { type: string, description: What was done }",
      "      ok: { type: boolean, required: false, default: true }",
      "",
    ].join("\n");
  });
  return [
    "workflow: { id: large, name: Large }",
    "config:",
    "  parameters:",
    "    feature: { type: string, required: true }",
    "stages:",
    ...stages,
  ].join("\n");
}

import { applyEdits } from "../src/workflow/edit/apply-edit.ts";
import type { Edit } from "../src/workflow/edit/edit.ts";
import { readSource } from "../src/workflow/read-source.ts";
import { compare, timeWork, timesRow, type Row } from "./measure.ts";

const rounds = 21;
const stages = 200;

/** Edits of a large definition's text, against parsing that text once. */
export async function measureEdits(): Promise<Row[]> {
  const text = wideWorkflow(stages);
  const edits: [string, Edit][] = [
    ["set a field", { kind: "set", path: ["stages", 150, "name"], value: "Another" }],
    ["remove a stage", { kind: "remove", path: ["stages", 100] }],
    ["move a stage", { kind: "move", path: ["stages"], from: 190, to: 5 }],
    [
      "insert a stage",
      { kind: "insert", path: ["stages"], at: 80, value: { id: "new", depends_on: ["stage-1"] } },
    ],
    ["duplicate a stage", { kind: "duplicate_stage", id: "stage-50", to: "copy" }],
    ["rename a stage that all others name", { kind: "rename_stage", id: "stage-0", to: "origin" }],
    ["rename a parameter", { kind: "rename_key", path: ["config", "parameters", "feature"], to: "topic" }],
  ];
  const rows: Row[] = [];
  for (const [what, edit] of edits) {
    const measured = await compare(rounds, {
      figure: () => timeWork(() => applyOrThrow(text, [edit])),
      limit: () => timeWork(() => readSource(text)),
    });
    rows.push(timesRow(`${what}, ${stages} stages`, measured, { limitIs: "parsing once", most: 5 }));
  }
  const many = Array.from({ length: stages - 1 }, (_, at): Edit => ({
    kind: "set",
    path: ["stages", at + 1, "depends_on"],
    value: [],
  }));
  const measured = await compare(rounds, {
    figure: () => timeWork(() => applyOrThrow(text, many)),
    limit: () => timeWork(() => readSource(text)),
  });
  rows.push(
    timesRow(`${many.length} edits at once, ${stages} stages`, measured, {
      limitIs: "parsing once",
      most: 5,
    }),
  );
  return rows;
}

function applyOrThrow(text: string, edits: readonly Edit[]): void {
  const result = applyEdits(text, edits);
  if (!result.ok) throw new Error(`the edit is refused: ${result.message}`);
}

/** Every stage names the first one: in a dependency, a source and a text. */
export function wideWorkflow(count: number): string {
  const lines = Array.from({ length: count }, (_, at) => [
    `  # what stage ${at} is for`,
    `  - id: stage-${at}`,
    `    name: "Stage ${at}" # shown`,
    at === 0 ? "    depends_on: []" : "    depends_on: [stage-0]",
    "    roles:",
    `      primary: { artifact: "agent:worker-${at % 7}", model: sonnet }`,
    "    inputs:",
    `      given: { type: string, source: "\${{ ${at === 0 ? "parameters.feature" : "stages.stage-0.outputs.summary"} }}" }`,
    "    outputs:",
    "      summary: { type: string, description: What was done }",
    "",
  ]);
  const head = [
    "workflow: { id: wide, name: Wide }",
    "config:",
    "  parameters:",
    "    feature: { type: string }",
  ];
  return [...head, "stages:", ...lines.flat()].join("\n");
}

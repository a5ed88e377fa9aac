import type { StepRecord } from "../../src/execution/record.ts";
import type { EffectiveStage } from "../../src/workflow/effective.ts";
import { batchesOf } from "../../src/workflow/graph.ts";
import { stepState, type Mark } from "../components/state.ts";
import { plural } from "../components/usage-text.ts";
import type { Html } from "../jsx/jsx-runtime.ts";
import { stageKind } from "../../src/workflow/stage-kind.ts";

const columnWidth = 33;
const rowHeight = 13;
const margin = 8;
const height = 40;
/** Of the number of those that are left out; a little more than the widest digit is. */
const digitWidth = 7.5;
const restGap = 4;
const mostRows = 3;
const mostColumns = 8;

interface Node {
  x: number;
  y: number;
  isGate: boolean;
  mark: Mark | "none";
}

interface ShapeProps {
  stages: readonly EffectiveStage[];
  /** Of the last run; none when it never ran. */
  steps: readonly StepRecord[];
}

/** A workflow as its own small graph: a dot is a stage, a diamond a gate, a column a batch, the colour its last run. */
export function Shape({ stages, steps }: ShapeProps): Html {
  const batches = batchesOf(stages);
  const marks = new Map(steps.map((step) => [step.stage_id, stepState(step).mark]));
  const nodes = placeStages(stages, batches, marks);
  const cut = batches.length > mostColumns || batches.some((batch) => batch.length > mostRows);
  const columns = Math.min(batches.length, mostColumns);
  const rest = cut ? `+${stages.length - nodes.size}` : "";
  const width = margin * 2 + (columns - 1) * columnWidth + (cut ? restGap + rest.length * digitWidth : 0);
  return (
    <svg
      class="shape-drawing"
      preserveAspectRatio="xMinYMid"
      role="img"
      aria-label={shapeText(stages.length, batches.length, steps)}
      viewBox={`0 0 ${width} ${height}`}
      width={width}
      height={height}
    >
      <path class="e" d={edges(stages, nodes)} />
      {[...nodes.values()].map((node) => (
        <ShapeNode node={node} />
      ))}
      {cut ? (
        <text class="cut" x={width - rest.length * digitWidth} y={24}>
          {rest}
        </text>
      ) : null}
    </svg>
  );
}

function placeStages(
  stages: readonly EffectiveStage[],
  batches: readonly (readonly string[])[],
  marks: ReadonlyMap<string, Mark>,
): Map<string, Node> {
  const gates = new Set(stages.filter(({ type }) => stageKind(type).isDecided).map(({ id }) => id));
  const nodes = new Map<string, Node>();
  batches.slice(0, mostColumns).forEach((batch, column) => {
    const shown = batch.slice(0, mostRows);
    shown.forEach((id, row) => {
      const y = height / 2 + (row - (shown.length - 1) / 2) * rowHeight;
      const mark = marks.size === 0 ? "none" : (marks.get(id) ?? "pending");
      nodes.set(id, { x: margin + column * columnWidth, y, isGate: gates.has(id), mark });
    });
  });
  return nodes;
}

function edges(stages: readonly EffectiveStage[], nodes: ReadonlyMap<string, Node>): string {
  const lines: string[] = [];
  for (const { id, depends_on } of stages) {
    const to = nodes.get(id);
    if (!to) continue;
    for (const dependency of depends_on) {
      const from = nodes.get(dependency);
      if (from) lines.push(edge(from, to));
    }
  }
  return lines.join("");
}

function edge(from: Node, to: Node): string {
  if (from.y === to.y) return `M${from.x} ${from.y}H${to.x}`;
  const middle = to.x - columnWidth / 2;
  return `M${from.x} ${from.y}C${middle} ${from.y} ${middle} ${to.y} ${to.x} ${to.y}`;
}

function ShapeNode({ node: { x, y, isGate, mark } }: { node: Node }): Html {
  return (
    <>
      {mark === "running" ? <circle class="pulse" cx={x} cy={y} r={6} /> : null}
      {isGate ? (
        <rect
          class={`nd ${mark}`}
          x={x - 4.6}
          y={y - 4.6}
          width={9.2}
          height={9.2}
          rx={1.8}
          transform={`rotate(45 ${x} ${y})`}
        />
      ) : (
        <circle class={`nd ${mark}`} cx={x} cy={y} r={5} />
      )}
      {mark === "running" ? <circle class="core" cx={x} cy={y} r={1.9} /> : null}
      {glyphs[mark] ? (
        <path class={`ng ${mark}`} d={glyphs[mark]} transform={`translate(${x} ${y})`} />
      ) : null}
    </>
  );
}

const glyphs: Partial<Record<Mark | "none", string>> = {
  completed: "m-2.2.1 1.6 1.6 2.9-3.2",
  failed: "m-1.8-1.8 3.6 3.6m0-3.6-3.6 3.6",
  paused: "M-1.4-1.8v3.6m2.8-3.6v3.6",
  waiting: "M-1.4-1.8v3.6m2.8-3.6v3.6",
  cancelled: "m-3.4 3.4 6.8-6.8",
};

/** `10 stages in 7 steps. Last run: 6 completed, 1 running.` */
function shapeText(stages: number, batches: number, steps: readonly StepRecord[]): string {
  const counts = Map.groupBy(steps, (step) => stepState(step).word.toLowerCase());
  const last = [...counts].map(([word, those]) => `${those.length} ${word}`).join(", ");
  const ran = last === "" ? "Never run" : `Last run: ${last}`;
  return `${plural(stages, "stage")} in ${plural(batches, "step")}. ${ran}.`;
}

import type { StepRecord } from "../../src/execution/record.ts";
import { iconHref } from "../components/icon.tsx";
import { markIcons, stepState } from "../components/state.ts";
import { msBetween, spanText } from "../components/time-text.ts";
import type { Html } from "../jsx/jsx-runtime.ts";
import { stagePath, stepElement, type RunView } from "./run-view.ts";
import { swapsRun } from "./timeline.tsx";

const boxHeight = 44;
const rowGap = 30;
const columnGap = 8;
/** From a box to the ring of the focus around it. */
const ringGap = 4;
const narrowest = 92;
const widest = 190;
const leastWidth = 318;

interface Box {
  step: StepRecord;
  x: number;
  y: number;
  width: number;
}

/** The stages as a graph, batch under batch. The drawing is as wide as its widest batch needs; the column scrolls. */
export function Graph({ view }: { view: RunView }): Html {
  const dependencies = new Map(view.definition?.stages.map(({ id, depends_on }) => [id, depends_on]));
  const rows = rowsOf(view.steps, dependencies);
  const most = Math.max(1, ...rows.map((row) => row.length));
  const width = Math.max(leastWidth, most * (narrowest + columnGap) - columnGap);
  const boxes = boxesOf(rows, width);
  const height = rows.length * (boxHeight + rowGap) - rowGap + 8;
  return (
    <div class="graph" id="graph" tabindex="0" role="region" aria-label="Stages as a graph">
      <svg viewBox={`-4 -4 ${width + 8} ${height}`} width={width + 8} height={height}>
        {[...boxes.values()].map((box) => (
          <Edges box={box} boxes={boxes} sources={dependencies.get(box.step.stage_id) ?? []} />
        ))}
        {[...boxes.values()].map((box) => (
          <GraphNode view={view} box={box} />
        ))}
      </svg>
    </div>
  );
}

/** Batches, each in the order in which what it depends on stands above it: fewer lines cross. */
function rowsOf(
  steps: readonly StepRecord[],
  dependencies: ReadonlyMap<string, readonly string[]>,
): StepRecord[][] {
  const batches = [...Map.groupBy(steps, (step) => step.batch)].toSorted(([a], [b]) => a - b);
  const places = new Map<string, number>();
  return batches.map(([, row]) => {
    const wanted = new Map(row.map((step, at) => [step.stage_id, averagePlace(step, at)]));
    const ordered = row.toSorted((a, b) => (wanted.get(a.stage_id) ?? 0) - (wanted.get(b.stage_id) ?? 0));
    ordered.forEach((step, at) => places.set(step.stage_id, (at + 0.5) / ordered.length));
    return ordered;
  });

  function averagePlace({ stage_id }: StepRecord, at: number): number {
    const above = (dependencies.get(stage_id) ?? []).flatMap((id) => places.get(id) ?? []);
    return above.length === 0
      ? at / 1000
      : above.reduce((sum, place) => sum + place, at / 1000) / above.length;
  }
}

function boxesOf(rows: readonly (readonly StepRecord[])[], width: number): Map<string, Box> {
  const boxes = new Map<string, Box>();
  rows.forEach((row, line) => {
    const size = Math.min(widest, (width - (row.length - 1) * columnGap) / row.length);
    const left = (width - row.length * size - (row.length - 1) * columnGap) / 2;
    row.forEach((step, at) => {
      boxes.set(step.stage_id, {
        step,
        x: Math.round(left + at * (size + columnGap)),
        y: line * (boxHeight + rowGap),
        width: Math.round(size),
      });
    });
  });
  return boxes;
}

interface EdgesProps {
  box: Box;
  boxes: ReadonlyMap<string, Box>;
  sources: readonly string[];
}

function Edges({ box, boxes, sources }: EdgesProps): Html {
  const x = box.x + box.width / 2;
  return (
    <>
      {sources.map((id) => {
        const from = boxes.get(id);
        if (!from) return null;
        const startX = from.x + from.width / 2;
        const startY = from.y + boxHeight;
        const bend = Math.min(26, (box.y - startY) / 2 + 6);
        const curve = `M${startX} ${startY}C${startX} ${startY + bend} ${x} ${box.y - bend} ${x} ${box.y}`;
        return <path class={from.step.status === "completed" ? "ge hot" : "ge"} d={curve} />;
      })}
    </>
  );
}

/** One stage. The live page swaps this and nothing around it. */
export function GraphNode({ view, box }: { view: RunView; box: Box }): Html {
  const { step, x, y, width } = box;
  const { mark, word } = stepState(step);
  const isChosen = step.stage_id === view.selected?.stage_id;
  const url = stagePath(view, step.stage_id);
  const span =
    step.started_at === null
      ? word.toLowerCase()
      : spanText(msBetween(step.started_at, step.completed_at, view.now));
  return (
    <a
      id={stepElement("node", step.stage_id)}
      class={mark}
      href={url}
      aria-current={isChosen ? "step" : null}
      {...swapsRun(url)}
    >
      <title>{`${step.stage_name}: ${word}`}</title>
      <rect class="box" x={x} y={y} width={width} height={boxHeight} rx={8} />
      {/* Not an outline: browsers draw none around what is in a drawing, or one with corners. */}
      <rect
        class="ring"
        x={x - ringGap}
        y={y - ringGap}
        width={width + 2 * ringGap}
        height={boxHeight + 2 * ringGap}
        rx={8 + ringGap}
      />
      <svg class="i" x={x + 9} y={y + 8} width={15} height={15}>
        <use href={iconHref(markIcons[mark])} />
      </svg>
      <text x={x + 28} y={y + 19}>
        {cut(step.stage_name, Math.floor((width - 34) / 6.6))}
      </text>
      <text class="m" x={x + 28} y={y + 34}>
        {cut(span, Math.floor((width - 34) / 6))}
      </text>
    </a>
  );
}

function cut(text: string, most: number): string {
  const letters = [...text];
  return letters.length <= most ? text : `${letters.slice(0, Math.max(1, most - 1)).join("")}…`;
}

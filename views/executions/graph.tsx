import type { StepRecord } from "../../src/execution/record.ts";
import { iconHref } from "../components/icon.tsx";
import { markIcons, stepState } from "../components/state.ts";
import { msBetween, spanText } from "../components/time-text.ts";
import type { Html } from "../jsx/jsx-runtime.ts";
import { fragment } from "../layout/fragment.ts";
import { boxHeight, cellPlace, cellSize, layOutGraph, type GraphBox } from "./graph-layout.ts";
import { stagePath, stepElement, type ExecutionView } from "./execution-view.ts";
import { swapsRun } from "./timeline.tsx";

/** From a box to the ring of the focus around it. */
const ringGap = 4;

/** The stages as a graph, batch under batch. The drawing is as wide as its widest batch needs; the column scrolls. */
export const Graph = fragment<{ view: ExecutionView }>("graph", "outerMorph", ({ view }, id) => {
  const dependencies = new Map(view.definition?.stages.map(({ id, depends_on }) => [id, depends_on]));
  const { boxes, lines, width, height } = layOutGraph(view.steps, dependencies);
  return (
    <div class="graph" id={id} tabindex="0" role="region" aria-label="Stages as a graph">
      <svg viewBox={`-4 -4 ${width + 8} ${height + 8}`} width={width + 8} height={height + 8}>
        {lines.map(({ path, isHot }) => (
          <path class={isHot ? "ge hot" : "ge"} d={path} />
        ))}
        {boxes.map((box) =>
          box.isGroup ? (
            <Group view={view} box={box} />
          ) : (
            box.steps.map((step) => <GraphNode view={view} box={box} step={step} />)
          ),
        )}
      </svg>
    </div>
  );
});

/** A wide batch: how it stands in words, and a cell for each of its stages. */
function Group({ view, box }: { view: ExecutionView; box: GraphBox }): Html {
  const words = Map.groupBy(box.steps, (step) => stepState(step).word.toLowerCase());
  const counts = [...words].map(([word, those]) => `${those.length} ${word}`).join(", ");
  return (
    <g class="group">
      <rect class="box" x={box.x} y={box.y} width={box.width} height={box.height} rx={8} />
      <text class="m" x={box.x + 10} y={box.y + 17}>
        {cut(`${box.steps.length} in parallel: ${counts}`, Math.floor((box.width - 20) / 5.6))}
      </text>
      {box.steps.map((step, at) => (
        <Cell view={view} step={step} place={cellPlace(box, at)} />
      ))}
    </g>
  );
}

interface CellProps {
  view: ExecutionView;
  step: StepRecord;
  place: { x: number; y: number };
}

function Cell({ view, step, place: { x, y } }: CellProps): Html {
  const { mark, word } = stepState(step);
  const url = stagePath(view, step.stage_id);
  const size = cellSize - 2;
  return (
    <a
      id={stepElement("node", step.stage_id)}
      class={mark}
      href={url}
      aria-label={`${step.stage_name}: ${word}`}
      aria-current={step.stage_id === view.selected?.stage_id ? "step" : null}
      {...swapsRun(url)}
    >
      <title>{`${step.stage_name}: ${word}`}</title>
      <rect class="box" x={x + 1} y={y + 1} width={size} height={size} rx={6} />
      <rect class="ring" x={x} y={y} width={cellSize} height={cellSize} rx={7} />
      <svg class="i" x={x + 6} y={y + 6} width={14} height={14}>
        <use href={iconHref(markIcons[mark])} />
      </svg>
    </a>
  );
}

interface NodeProps {
  view: ExecutionView;
  box: GraphBox;
  step: StepRecord;
}

/** One stage. */
function GraphNode({ view, box: { x, y, width }, step }: NodeProps): Html {
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

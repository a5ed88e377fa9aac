import type { ExecutionRecord } from "../../src/execution/record.ts";
import { executionState, type Mark } from "../components/state.ts";
import { msBetween } from "../components/time-text.ts";
import type { Html } from "../jsx/jsx-runtime.ts";

const height = 18;
const shortest = 4;
const step = 6;

/** The last runs as bars, oldest first: as high as they took long, marked by how they ended. */
export function ExecutionStrip({ runs, now }: { runs: readonly ExecutionRecord[]; now: number }): Html {
  const shown = runs.toReversed();
  const spans = shown.map((run) =>
    run.started_at === null ? 0 : Math.max(0, msBetween(run.started_at, run.completed_at, now)),
  );
  const longest = Math.max(1, ...spans);
  const marks = shown.map((run) => executionState(run).mark);
  return (
    <svg
      class="spark"
      role="img"
      aria-label={stripText(marks)}
      width={shown.length * step - 2}
      height={height}
    >
      {marks.map((mark, at) => (
        <Bar mark={mark} x={at * step} size={barHeight(spans[at] ?? 0, longest)} />
      ))}
    </svg>
  );
}

/** The root keeps one very long run from making all the others look alike. */
function barHeight(span: number, longest: number): number {
  return Math.round(shortest + (height - shortest) * Math.sqrt(span / longest));
}

function Bar({ mark, x, size }: { mark: Mark; x: number; size: number }): Html {
  const y = height - size;
  if (mark === "failed" && size > 7) {
    return (
      <>
        <rect class="failed" x={x} y={y} width={4} height={3} />
        <rect class="failed" x={x} y={y + 5} width={4} height={size - 5} rx={1.5} />
      </>
    );
  }
  if (mark === "cancelled")
    return <rect class="cancelled" x={x + 0.5} y={y + 0.5} width={3} height={size - 1} rx={1} />;
  return <rect class={mark} x={x} y={y} width={4} height={size} rx={1.5} />;
}

function stripText(marks: readonly Mark[]): string {
  const counts = Map.groupBy(marks, (mark) => mark);
  const parts = [...counts].map(([mark, those]) => `${those.length} ${mark}`).join(", ");
  return `Last ${marks.length} runs: ${parts}`;
}

import type { StepRecord } from "../../src/execution/record.ts";
import { stepState, type Mark } from "../components/state.ts";
import type { Html } from "../jsx/jsx-runtime.ts";

interface Span {
  from: number;
  /** Null: still going on. */
  to: number | null;
  mark: Mark;
}

interface TrackProps {
  step: StepRecord;
  /** When the execution began, and the end of its time axis, in ms. */
  start: number;
  end: number;
}

// A tenth of a second. The axis is the drawing's own coordinates, so that only the view box moves as time goes on.
const unitMs = 100;

/** When a stage ran, on the execution's time axis: attempts that failed stay, what waits for a person is hatched. */
export function Track({ step, start, end }: TrackProps): Html {
  const total = units(end - start);
  return (
    <svg class="track" aria-hidden="true" viewBox={`0 0 ${total} 8`} preserveAspectRatio="none" height={8}>
      <path class="axis-line" d={`M0 4H${total}`} vector-effect="non-scaling-stroke" />
      {spansOf(step).map(({ from, to, mark }) => {
        const at = Math.max(0, Math.round((from - start) / unitMs));
        const until = to === null ? total : Math.max(at, Math.round((to - start) / unitMs));
        return (
          <path
            class={mark}
            d={`M${at} 4H${until}`}
            vector-effect="non-scaling-stroke"
            data-from={to === null ? at : null}
          />
        );
      })}
    </svg>
  );
}

function spansOf(step: StepRecord): Span[] {
  const { attempts, started_at, completed_at } = step;
  if (attempts.length === 0) {
    if (started_at === null) return [];
    const mark = stepState(step).mark;
    return [{ from: Date.parse(started_at), to: timeOf(completed_at), mark }];
  }
  return attempts.map((attempt) => ({
    from: Date.parse(attempt.started_at),
    to: timeOf(attempt.completed_at),
    mark: stepState({ ...step, status: attempt.status }).mark,
  }));
}

function timeOf(iso: string | null): number | null {
  return iso === null ? null : Date.parse(iso);
}

function units(ms: number): number {
  return Math.max(1, Math.round(ms / unitMs));
}

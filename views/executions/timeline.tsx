import type { StepRecord } from "../../src/execution/record.ts";
import { StateIcon } from "../components/badge.tsx";
import { Icon } from "../components/icon.tsx";
import { stepState } from "../components/state.ts";
import { Elapsed } from "../components/time.tsx";
import { plural } from "../components/usage-text.ts";
import type { Html } from "../jsx/jsx-runtime.ts";
import { fragment } from "../layout/fragment.ts";
import { stagePath, stepElement, type ExecutionView } from "./execution-view.ts";
import { Track } from "./time-bars.tsx";
import { stageKind } from "../../src/workflow/stage-kind.ts";

/** The stages in order, batch by batch; each row carries its own time bar. */
export function Timeline({ view }: { view: ExecutionView }): Html {
  const batches = Map.groupBy(view.steps, (step) => step.batch);
  const ordered = [...batches].toSorted(([a], [b]) => a - b).map(([, steps]) => steps);
  const { started_at, completed_at } = view.execution;
  const axis = started_at !== null && completed_at === null ? Date.parse(started_at) : null;
  return (
    <ol class="tl" aria-label="Stages in order" data-axis={axis}>
      {ordered.map((steps) => (
        <Batch view={view} steps={steps} />
      ))}
    </ol>
  );
}

function Batch({ view, steps }: { view: ExecutionView; steps: readonly StepRecord[] }): Html {
  const [only] = steps;
  if (only && steps.length === 1) {
    return (
      <li>
        <TimelineRow view={view} step={only} />
      </li>
    );
  }
  return (
    <li class="par">
      <p>
        <Icon name="git-fork" size="xs" />
        {`${steps.length} in parallel`}
      </p>
      <ol>
        {steps.map((step) => (
          <li>
            <TimelineRow view={view} step={step} />
          </li>
        ))}
      </ol>
    </li>
  );
}

/** One stage. The live page swaps this and nothing around it. */
export const TimelineRow = fragment<{ view: ExecutionView; step: StepRecord }>(
  ({ step }) => stepElement("step", step.stage_id),
  "outerMorph",
  ({ view, step }, id) => {
    const state = stepState(step);
    const isChosen = step.stage_id === view.selected?.stage_id;
    const url = stagePath(view, step.stage_id);
    const { start, end } = axisOf(view);
    return (
      <a id={id} class={state.mark} href={url} aria-current={isChosen ? "step" : null} {...swapsRun(url)}>
        <span class="st">
          <StateIcon mark={state.mark} />
        </span>
        <b>{step.stage_name}</b>
        <span class="dur">
          <span class="vh">{`${state.word}, `}</span>
          <StepSpan step={step} now={view.now} />
        </span>
        <small>
          <RowNote step={step} />
          <Track step={step} start={start} end={end} />
        </small>
      </a>
    );
  },
);

/** The chosen stage and all around it come anew; what is the same stays in place, with its scroll. */
export function swapsRun(url: string): Record<string, string> {
  return {
    "hx-get": url,
    "hx-target": "#run",
    "hx-select": "#run",
    "hx-swap": "outerMorph",
    "hx-push-url": "true",
  };
}

function axisOf({ execution, now }: ExecutionView): { start: number; end: number } {
  const { started_at, created_at, completed_at } = execution;
  const start = Date.parse(started_at ?? created_at);
  return { start, end: completed_at === null ? now : Date.parse(completed_at) };
}

export function StepSpan({ step, now }: { step: StepRecord; now: number }): Html {
  if (step.started_at === null) return <></>;
  return <Elapsed start={step.started_at} end={step.completed_at} now={now} />;
}

/** A note on anything besides success. It is never empty, so that a row keeps its height. */
function RowNote({ step }: { step: StepRecord }): Html {
  const state = stepState(step);
  const parts = noteParts(step);
  const word = state.mark === "pending" || state.mark === "completed" ? null : <em>{state.word}</em>;
  return (
    <span>
      {word}
      {word === null || parts.length === 0 ? "" : " · "}
      {parts.join(" · ")}
    </span>
  );
}

function noteParts(step: StepRecord): string[] {
  const { type, attempts, attempt_number, agent_id, decided_by, reused, recovered, error_class } = step;
  const parts: string[] = [];
  if (stageKind(type).isDecided) parts.push(decided_by === null ? "gate" : `by ${decided_by}`);
  if (attempts.length > 1) parts.push(`attempt ${attempt_number}`);
  if (error_class !== null) parts.push(error_class);
  if (reused) parts.push("reused");
  if (recovered) parts.push("recovered");
  if (agent_id !== null) parts.push(agent_id.replace(/^agent:/, ""));
  return parts;
}

/** The same stages on a phone: a strip to swipe. */
export function StageStrip({ view }: { view: ExecutionView }): Html {
  return (
    <nav class="strip" aria-label={plural(view.steps.length, "stage")}>
      {view.steps.map((step) => (
        <StageChip view={view} step={step} />
      ))}
    </nav>
  );
}

export const StageChip = fragment<{ view: ExecutionView; step: StepRecord }>(
  ({ step }) => stepElement("chip", step.stage_id),
  "outerMorph",
  ({ view, step }, id) => {
    const state = stepState(step);
    const isChosen = step.stage_id === view.selected?.stage_id;
    return (
      <a
        id={id}
        class={state.mark}
        href={stagePath(view, step.stage_id)}
        aria-current={isChosen ? "step" : null}
      >
        <StateIcon mark={state.mark} />
        <span class="vh">{`${state.word}: `}</span>
        {step.stage_name}
        <small>
          <StepSpan step={step} now={view.now} />
        </small>
      </a>
    );
  },
);

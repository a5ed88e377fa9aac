import type { ExecutionRecord, StepRecord } from "../../src/execution/record.ts";
import type { EffectiveGate } from "../../src/workflow/effective.ts";
import { stageKind } from "../../src/workflow/stage-kind.ts";
import { Icon } from "../components/icon.tsx";
import { Markdown } from "../components/markdown.tsx";
import { agoText, untilText } from "../components/time-text.ts";
import type { Html } from "../jsx/jsx-runtime.ts";
import { fragment } from "../layout/fragment.ts";
import { executionPath } from "../paths.ts";
import { NextGates } from "./next-gates.tsx";
import { isLive } from "./execution-head.tsx";
import type { ExecutionView } from "./execution-view.ts";

/** A waiting gate, with everything that is needed to decide it. */
export interface WaitingGate {
  execution: Pick<ExecutionRecord, "run_id" | "workflow_slug">;
  step: StepRecord;
  gate: EffectiveGate | null;
  message: string | null;
  /** The name that decides, as far as it is known; "" when somebody has to say it. */
  decider: string;
  now: number;
  /** Where the page goes after the decision without scripts. */
  back: string;
  /** True: a script decides without leaving the page. */
  stays: boolean;
}

/**
 * Every gate of an execution that waits. While such a run is followed it has its place from the start, with the gates
 * that are to come: a gate that begins to wait moves nothing.
 */
export const GateStrip = fragment<{ view: ExecutionView; isFollowed: boolean }>(
  "gates",
  "outerMorph",
  ({ view, isFollowed }, id) => {
    const waiting = view.steps.filter(({ status }) => status === "waiting_for_approval");
    const hasPlace = isFollowed && view.steps.some(({ type }) => stageKind(type).isDecided);
    return (
      <div id={id} class={hasPlace ? "gates has-place" : "gates"} data-holds-focus>
        {waiting.map((step) => (
          <GateBox gate={waitingGate(view, step)} />
        ))}
        {hasPlace && waiting.length === 0 ? <NextGates steps={view.steps} isOver={!isLive(view)} /> : null}
      </div>
    );
  },
);

export function waitingGate(
  { execution, definition, decider, now }: ExecutionView,
  step: StepRecord,
): WaitingGate {
  const gate = definition?.stages.find(({ id }) => id === step.stage_id)?.gate ?? null;
  const back = executionPath(execution.workflow_slug, execution.run_id);
  return {
    execution,
    step,
    gate,
    message: step.gate?.message ?? null,
    decider,
    now,
    back,
    stays: true,
  };
}

interface GateBoxProps {
  gate: WaitingGate;
  /** True: whoever comes to the page is at this gate. Not at a button: an Enter that is held would decide it. */
  isFirst?: boolean;
}

/** The gate's words and its two buttons; a button opens the dialog that decides. */
export function GateBox({ gate, isFirst = false }: GateBoxProps): Html {
  const { step } = gate;
  const id = elementOf(gate);
  return (
    <div
      class="gate"
      id={`gate-${id}`}
      role="group"
      aria-label={`Gate ${step.stage_name}`}
      tabindex={isFirst ? "-1" : null}
      autofocus={isFirst}
      data-gate
    >
      <Icon name="hand" />
      <div class="gate-text" tabindex="0">
        <h2>
          {step.stage_name}
          <GateFacts gate={gate} />
        </h2>
        <GateMessage gate={gate} />
      </div>
      <div class="acts">
        <button type="button" class="btn" command="show-modal" commandfor={`reject-${id}`} data-key="r">
          <Icon name="x" size="s" />
          Reject
          <kbd aria-hidden="true">R</kbd>
        </button>
        <button type="button" class="btn ok" command="show-modal" commandfor={`approve-${id}`} data-key="a">
          <Icon name="check" size="s" />
          Approve
          <kbd aria-hidden="true">A</kbd>
        </button>
      </div>
    </div>
  );
}

/** Since when the gate waits, until when, and who may decide. */
export function GateFacts({ gate: { step, gate, now } }: { gate: WaitingGate }): Html {
  const { started_at, deadline_at } = step;
  const approvers = gate?.approvers ?? [];
  return (
    <span class="gate-facts">
      {started_at === null ? null : <span>{`asked ${agoText(started_at, now)}`}</span>}
      {deadline_at === null ? null : (
        <span>
          {"expires "}
          <time datetime={deadline_at} title={deadline_at}>
            {untilText(deadline_at, now)}
          </time>
        </span>
      )}
      {approvers.length === 0 ? null : <span>{`may decide: ${approvers.join(", ")}`}</span>}
    </span>
  );
}

/** What the gate asks, as it was written. */
export function GateMessage({ gate }: { gate: WaitingGate }): Html {
  return <Markdown text={gate.message ?? "This stage waits for somebody's decision."} />;
}

/** Its part of the ids of elements. */
export function elementOf({ execution, step }: WaitingGate): string {
  return `${execution.run_id.slice(-12)}-${step.stage_id}`;
}

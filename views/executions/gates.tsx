import { isAsking, openRequests, type PermissionRequest } from "../../src/execution/permission.ts";
import type { ExecutionRecord, StepRecord } from "../../src/execution/record.ts";
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
  message: string | null;
  /** What a running stage's agent asks for; null for a gate. */
  request: PermissionRequest | null;
  /** Who may decide; empty: everybody. */
  approvers: readonly string[];
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
    const waiting = waitingGates(view);
    const asks = view.definition?.stages.some(({ permissions }) => permissions === "ask") ?? false;
    const hasPlace = isFollowed && (asks || view.steps.some(({ type }) => stageKind(type).isDecided));
    return (
      <div id={id} class={hasPlace ? "gates has-place" : "gates"} data-holds-focus>
        {waiting.map((gate) => (
          <GateBox gate={gate} />
        ))}
        {hasPlace && waiting.length === 0 ? <NextGates steps={view.steps} isOver={!isLive(view)} /> : null}
      </div>
    );
  },
);

/** Everything in an execution that waits for people. */
export function waitingGates(view: ExecutionView): WaitingGate[] {
  return view.steps.flatMap((step) => {
    if (step.status === "waiting_for_approval") return [waitingGate(view, step, null)];
    return isAsking(step) ? openRequests(step).map((request) => waitingGate(view, step, request)) : [];
  });
}

function waitingGate(
  { execution, definition, decider, now }: ExecutionView,
  step: StepRecord,
  request: PermissionRequest | null,
): WaitingGate {
  const gate = definition?.stages.find(({ id }) => id === step.stage_id)?.gate ?? null;
  const back = executionPath(execution.workflow_slug, execution.run_id);
  const approvers = request?.approvers ?? gate?.approvers ?? [];
  const message = step.gate?.message ?? null;
  return { execution, step, message, request, approvers, decider, now, back, stays: true };
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
      aria-label={`${gate.request === null ? "Gate" : "Permission for"} ${step.stage_name}`}
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
export function GateFacts({ gate: { step, request, approvers, now } }: { gate: WaitingGate }): Html {
  const started_at = request?.asked_at ?? step.started_at;
  const { deadline_at } = request ?? step;
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

/** What the gate asks, as it was written, or what the agent wants to do. */
export function GateMessage({ gate }: { gate: WaitingGate }): Html {
  if (gate.request !== null) return <RequestText request={gate.request} />;
  return <Markdown text={gate.message ?? "This stage waits for somebody's decision."} />;
}

function RequestText({ request: { tool, title, input, reason } }: { request: PermissionRequest }): Html {
  const whole = typeof input === "string" ? input : JSON.stringify(input, null, 2);
  return (
    <div>
      <p>
        {"The agent asks for "}
        <code>{tool}</code>
        {reason === null ? ":" : ` (${reason}):`}
      </p>
      <details>
        <summary class="opens-call" title="The whole call">
          <Icon name="chevron-right" size="xs" />
          <code>{title}</code>
        </summary>
        <pre class="source wraps">{whole}</pre>
      </details>
    </div>
  );
}

/** Its part of the ids of elements. An agent may name its requests by anything. */
export function elementOf({ execution, step, request }: WaitingGate): string {
  const part = request === null ? "" : `-${request.id.replaceAll(/[^A-Za-z0-9]/g, "").slice(0, 16)}`;
  return `${execution.run_id.slice(-12)}-${step.stage_id}${part}`;
}

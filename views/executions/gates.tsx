import type { ExecutionRecord, StepRecord } from "../../src/execution/record.ts";
import type { EffectiveGate } from "../../src/workflow/effective.ts";
import { Icon } from "../components/icon.tsx";
import { runName } from "../components/run-name.ts";
import { agoText, untilText } from "../components/time-text.ts";
import type { Html } from "../jsx/jsx-runtime.ts";
import { Dialog } from "../layout/dialogs.tsx";
import { executionPath } from "../paths.ts";
import type { RunView } from "./run-view.ts";

/** A gate that waits, with all that whoever decides has to know. */
export interface WaitingGate {
  execution: Pick<ExecutionRecord, "run_id" | "workflow_slug">;
  step: StepRecord;
  gate: EffectiveGate | null;
  message: string | null;
  user: string;
  now: number;
  /** Where the page goes after the decision without scripts. */
  back: string;
  /** True: a script decides without leaving the page. */
  stays: boolean;
}

/** Every gate of an execution that waits. */
export function GateStrip({ view }: { view: RunView }): Html {
  const waiting = view.steps.filter(({ status }) => status === "waiting_for_approval");
  return (
    <div id="gates" class="gates" data-holds-focus>
      {waiting.map((step) => (
        <GateBox gate={waitingGate(view, step)} />
      ))}
    </div>
  );
}

export function waitingGate(
  { execution, definition, messages, user, now }: RunView,
  step: StepRecord,
): WaitingGate {
  const gate = definition?.stages.find(({ id }) => id === step.stage_id)?.gate ?? null;
  const back = executionPath(execution.workflow_slug, execution.run_id);
  return {
    execution,
    step,
    gate,
    message: messages.get(step.stage_id) ?? null,
    user,
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
  const { step, now } = gate;
  const id = elementOf(gate);
  return (
    <section
      class="gate"
      id={`gate-${id}`}
      aria-label={`Gate ${step.stage_name}`}
      tabindex={isFirst ? "-1" : null}
      autofocus={isFirst}
      data-gate
    >
      <Icon name="hand" />
      <h2>
        {step.stage_name}
        <span>{factsOf(gate, now)}</span>
      </h2>
      <p>{gate.message ?? "This stage waits for somebody's decision."}</p>
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
    </section>
  );
}

/** The dialogs of one gate. They stand apart: the form that decides outlives the strip, which goes as it is decided. */
export function GateDialogs({ gate }: { gate: WaitingGate }): Html {
  return (
    <>
      <DecisionDialog gate={gate} decision="approve" />
      <DecisionDialog gate={gate} decision="reject" />
    </>
  );
}

function sends(action: string): Record<string, string | boolean> {
  return { "hx-post": action, "hx-swap": "none", "data-closes": true };
}

function factsOf({ step, gate }: WaitingGate, now: number): string {
  const parts: string[] = [];
  if (step.started_at !== null) parts.push(`asked ${agoText(step.started_at, now)}`);
  if (step.deadline_at !== null) parts.push(`expires ${untilText(step.deadline_at, now)}`);
  if (gate && gate.approvers.length > 0) parts.push(`may decide: ${gate.approvers.join(", ")}`);
  return parts.join(" · ");
}

interface DecisionProps {
  gate: WaitingGate;
  decision: "approve" | "reject";
}

function DecisionDialog({ gate, decision }: DecisionProps): Html {
  const { execution, step, user, back } = gate;
  const id = `${decision}-${elementOf(gate)}`;
  const approvers = gate.gate?.approvers ?? [];
  const actor = approvers.length === 0 || approvers.includes(user) ? user : (approvers[0] ?? user);
  const stage = encodeURIComponent(step.stage_id);
  const action = executionPath(execution.workflow_slug, execution.run_id, `gates/${stage}/${decision}`);
  const word = decision === "approve" ? "Approve" : "Reject";
  return (
    <Dialog id={id} title={`${word} “${step.stage_name}”?`}>
      <form
        class="form"
        method="post"
        action={action}
        {...(gate.stays ? sends(action) : {})}
        data-decides={`gate-${elementOf(gate)}`}
        data-run={execution.run_id}
        data-stage={step.stage_id}
        data-name={step.stage_name}
      >
        <input type="hidden" name="back" value={back} />
        <p class="muted">{`Run ${runName(execution.run_id)} of ${execution.workflow_slug}`}</p>
        <div class="row">
          <label for={`${id}-comment`}>Comment</label>
          <textarea
            class="area"
            id={`${id}-comment`}
            name="comment"
            rows={2}
            maxlength={2000}
            autofocus
            data-enter-sends
            aria-describedby={`${id}-enter`}
          ></textarea>
          <p class="hint needs-script" id={`${id}-enter`}>
            {`Enter ${decision === "approve" ? "approves" : "rejects"}, Shift and Enter begins a line.`}
          </p>
        </div>
        <div class="row">
          <label for={`${id}-actor`}>As</label>
          <input class="text" id={`${id}-actor`} name="actor" value={actor} autocomplete="off" required />
          {approvers.length === 0 ? null : <p class="hint">{`May decide: ${approvers.join(", ")}`}</p>}
        </div>
        <div class="acts">
          <button type="button" class="btn" command="close" commandfor={id}>
            Not now
          </button>
          <button class={decision === "approve" ? "btn ok" : "btn danger"} data-becomes={`${word}…`}>
            {word}
          </button>
        </div>
      </form>
    </Dialog>
  );
}

function elementOf({ execution, step }: WaitingGate): string {
  return `${execution.run_id.slice(-12)}-${step.stage_id}`;
}

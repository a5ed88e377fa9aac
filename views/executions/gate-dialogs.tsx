import { executionName } from "../components/execution-name.ts";
import type { Html } from "../jsx/jsx-runtime.ts";
import { fragment } from "../layout/fragment.ts";
import { Dialog } from "../layout/dialogs.tsx";
import { executionPath } from "../paths.ts";
import { elementOf, GateFacts, GateMessage, type WaitingGate } from "./gates.tsx";

/** The dialogs of one gate. They stand apart: the form that decides outlives the strip, which goes as it is decided. */
export const GateDialogs = fragment<{ gate: WaitingGate }>("gate-dialogs", "beforeend", ({ gate }) => {
  return (
    <>
      <DecisionDialog gate={gate} decision="approve" />
      <DecisionDialog gate={gate} decision="reject" />
    </>
  );
});

function sends(action: string): Record<string, string | boolean> {
  return { "hx-post": action, "hx-swap": "none", "data-closes": true };
}

interface DecisionProps {
  gate: WaitingGate;
  decision: "approve" | "reject";
}

export const DecisionDialog = fragment<DecisionProps>(
  ({ gate, decision }) => `${decision}-${elementOf(gate)}`,
  "outerMorph",
  ({ gate, decision }, id) => {
    const { execution, step, back, request } = gate;
    const stage = encodeURIComponent(step.stage_id);
    const action = executionPath(execution.workflow_slug, execution.run_id, `gates/${stage}/${decision}`);
    const word = decision === "approve" ? "Approve" : "Reject";
    const decider = deciderOf(gate);
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
          data-request={request?.id ?? null}
          data-approvers={gate.approvers.join("\n")}
        >
          <input type="hidden" name="back" value={back} />
          {request === null ? null : <input type="hidden" name="request_id" value={request.id} />}
          <div class="asked">
            <GateMessage gate={gate} />
            <p class="muted">
              {`Run ${executionName(execution.run_id)} of ${execution.workflow_slug} `}
              <GateFacts gate={gate} />
            </p>
          </div>
          <ActorField id={`${id}-actor`} decider={decider} approvers={gate.approvers} />
          <CommentField id={`${id}-comment`} decision={decision} hasFocus={decider !== ""} />
          {request === null || decision === "reject" ? null : (
            <AlwaysField id={`${id}-always`} tool={request.tool} />
          )}
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
  },
);

/** The name of the last decision, if that person may decide here; never a person who was not chosen. */
function deciderOf({ approvers, decider }: WaitingGate): string {
  return approvers.length === 0 || approvers.includes(decider) ? decider : "";
}

function AlwaysField({ id, tool }: { id: string; tool: string }): Html {
  return (
    <div class="row">
      <label class="check" for={id}>
        <input type="checkbox" id={id} name="always" value="on" />
        {` Allow ${tool} for the rest of this stage`}
      </label>
    </div>
  );
}

interface ActorProps {
  id: string;
  decider: string;
  approvers: readonly string[];
}

function ActorField({ id, decider, approvers }: ActorProps): Html {
  return (
    <div class="row">
      <label for={id}>As</label>
      <input
        class="text"
        id={id}
        name="actor"
        value={decider}
        maxlength={200}
        autocomplete="off"
        autofocus={decider === ""}
        required
        aria-describedby={`${id}-hint`}
      />
      <p class="hint" id={`${id}-hint`}>
        {approvers.length === 0 ? "Your name, as it is to be recorded." : `One of: ${approvers.join(", ")}`}
      </p>
    </div>
  );
}

interface CommentProps {
  id: string;
  decision: DecisionProps["decision"];
  hasFocus: boolean;
}

function CommentField({ id, decision, hasFocus }: CommentProps): Html {
  return (
    <div class="row">
      <label for={id}>Comment</label>
      <textarea
        class="area"
        id={id}
        name="comment"
        rows={2}
        maxlength={2000}
        autofocus={hasFocus}
        data-enter-sends
        aria-describedby={`${id}-enter`}
      ></textarea>
      <p class="hint needs-script" id={`${id}-enter`}>
        {`Enter ${decision === "approve" ? "approves" : "rejects"}, Shift and Enter begins a line.`}
      </p>
    </div>
  );
}

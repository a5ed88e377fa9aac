import { DecisionDialog } from "../../../views/executions/gate-dialogs.tsx";
import { elementOf, GateStrip, waitingGate } from "../../../views/executions/gates.tsx";
import { ExecutionControls } from "../../../views/executions/execution-controls.tsx";
import { ExecutionHead, ExecutionProgress } from "../../../views/executions/execution-head.tsx";
import { stepElement, type ExecutionView } from "../../../views/executions/execution-view.ts";
import { TimelineRow } from "../../../views/executions/timeline.tsx";
import type { Html } from "../../../views/jsx/jsx-runtime.ts";
import { executionPath } from "../../../views/paths.ts";
import { AppError } from "../../errors.ts";
import { getExecution } from "../../store/executions.ts";
import { answerForm, backOf, type Outcome } from "./answer-form.ts";
import { callEndpoint } from "./call-endpoint.ts";
import { decidedAs, decidedAsCookie } from "./decider-cookie.ts";
import type { Answer, FormCall, PageRoutes } from "./page-route.ts";
import { partial } from "./partial.ts";
import { readExecutionView } from "./read-execution-view.ts";

const run = "/workflows/:id/executions/:run";

/** What can be done with an execution. All of it is the API's own; here are only the words and the way back. */
export function mountExecutionControls(routes: PageRoutes): void {
  routes.form(`${run}/pause`, (call) =>
    controlled(call, "pauseExecution", "Pausing: nothing new starts, what runs goes on to its end."),
  );
  routes.form(`${run}/resume`, (call) => controlled(call, "resumeExecution", null));
  routes.form(`${run}/cancel`, (call) => controlled(call, "cancelExecution", "The run is being cancelled."));
  routes.form(`${run}/rerun`, (call) => rerun(call, {}));
  routes.form(`${run}/rerun-from-failed`, (call) => rerun(call, { from_failed: true }));
  routes.form(`${run}/gates/:stage/approve`, (call) => decided(call, "approveGate", "Approved"));
  routes.form(`${run}/gates/:stage/reject`, (call) => decided(call, "rejectGate", "Rejected"));
}

function controlled(call: FormCall, operation: string, said: string | null): Promise<Answer> {
  const back = backOf(call.form, pageOf(call));
  return answerForm(call, back, async () => {
    await operate(call, operation, {});
    return outcome(call, back, said);
  });
}

function decided(call: FormCall, operation: string, word: string): Promise<Answer> {
  const { form, params } = call;
  const back = backOf(form, pageOf(call));
  return answerForm(call, back, async () => {
    const actor = form.get("actor")?.trim() ?? "";
    if (actor === "") throw new AppError("invalid_usage", noName);
    const comment = form.get("comment")?.trim();
    await operate(call, operation, { actor, ...(comment ? { comment } : {}) });
    const said = `${word}: ${params["stage"] ?? ""}`;
    return { ...outcome(call, back, said, actor), cookie: decidedAsCookie(actor) };
  });
}

// Nobody signs a decision without having been chosen, so the server's own user is no default here.
const noName = 'nobody was named who decides. fill in "As"';

function rerun(call: FormCall, body: { from_failed?: true }): Promise<Answer> {
  const { context, params } = call;
  return answerForm(call, pageOf(call), async () => {
    const started = (await operate(call, "rerunExecution", body)) as { run_id: string };
    const { workflow_slug } = getExecution(context.store, params["run"] ?? "");
    return {
      toast: { kind: "done", text: "A new run has started." },
      location: executionPath(workflow_slug, started.run_id),
      fragments: null,
    };
  });
}

function operate({ context, request, params }: FormCall, operation: string, body: unknown): Promise<unknown> {
  const { run: runId = "", stage = "" } = params;
  return callEndpoint(context, operation, { params: { run_id: runId, stage_id: stage }, body, request });
}

function outcome(
  call: FormCall,
  location: string,
  said: string | null,
  decider = decidedAs(call.request),
): Outcome {
  const toast = said === null ? null : ({ kind: "done", text: said } as const);
  return { toast, location, fragments: () => changed(call, decider) };
}

/** The page does not wait for its stream to show what its own button has done. */
function changed({ context, params }: FormCall, decider: string): Html[] {
  const query = new URLSearchParams({ stage: params["stage"] ?? "", tab: "output" });
  const view = readExecutionView(context, params["run"] ?? "", query, decider);
  const { selected } = view;
  return [
    partial("#run-head", "outerMorph", ExecutionHead({ view })),
    partial("#run-progress", "outerMorph", ExecutionProgress({ view })),
    partial("#run-controls", "outerMorph", ExecutionControls({ view })),
    partial("#gates", "outerMorph", GateStrip({ view, isFollowed: true })),
    ...dialogsOf(view),
    ...(selected && params["stage"]
      ? [
          partial(
            `#${stepElement("step", selected.stage_id)}`,
            "outerMorph",
            TimelineRow({ view, step: selected }),
          ),
        ]
      : []),
  ];
}

/** Gates that still wait know now who has decided. */
function dialogsOf(view: ExecutionView): Html[] {
  return view.steps
    .filter(({ status }) => status === "waiting_for_approval")
    .flatMap((step) => {
      const gate = waitingGate(view, step);
      return (["approve", "reject"] as const).map((decision) =>
        partial(`#${decision}-${elementOf(gate)}`, "outerMorph", DecisionDialog({ gate, decision })),
      );
    });
}

function pageOf({ params }: FormCall): string {
  return executionPath(params["id"] ?? "", params["run"] ?? "");
}

import { DecisionDialog } from "../../../views/executions/gate-dialogs.tsx";
import { GateStrip, waitingGates } from "../../../views/executions/gates.tsx";
import { ExecutionControls } from "../../../views/executions/execution-controls.tsx";
import { ExecutionHead, ExecutionProgress } from "../../../views/executions/execution-head.tsx";
import type { ExecutionView } from "../../../views/executions/execution-view.ts";
import { TimelineRow } from "../../../views/executions/timeline.tsx";
import type { Html } from "../../../views/jsx/jsx-runtime.ts";
import { executionPath } from "../../../views/paths.ts";
import { AppError } from "../../errors.ts";
import { readLimit, type BudgetChange } from "../../execution/budget.ts";
import type { RerunFrom } from "../../engine/engine.ts";
import { decideGate } from "../../operation/decide-gate.ts";
import { rerunExecution } from "../../operation/rerun-execution.ts";
import { resumeExecution } from "../../operation/resume-execution.ts";
import { signalExecution } from "../../operation/signal-execution.ts";
import { getExecution } from "../../store/executions.ts";
import { answerForm, backOf, type FormResult } from "./answer-form.ts";
import { retryWhileLocked } from "../server/retry-while-locked.ts";
import { lastDecider, deciderCookie } from "./decider-cookie.ts";
import type { Answer, FormCall, PageRoutes } from "./page-route.ts";
import { readExecutionView } from "./read-execution-view.ts";

const run = "/workflows/:id/executions/:run";

/** The buttons for an execution; only their words and the way back are decided here. */
export function mountExecutionControls(routes: PageRoutes): void {
  routes.form(`${run}/pause`, (call) =>
    control(call, pausing, () => signalExecution(call.context, runOf(call), { type: "pause" })),
  );
  routes.form(`${run}/resume`, (call) =>
    control(call, null, () => resumeExecution(call.context, runOf(call), budgetIn(call))),
  );
  routes.form(`${run}/cancel`, (call) =>
    control(call, "The run is being cancelled.", () =>
      signalExecution(call.context, runOf(call), { type: "cancel", reason: null }),
    ),
  );
  routes.form(`${run}/rerun`, (call) => rerun(call, { kind: "start" }));
  routes.form(`${run}/rerun-from-failed`, (call) => rerun(call, { kind: "failed" }));
  routes.form(`${run}/gates/:stage/approve`, (call) => decide(call, "approve", "Approved"));
  routes.form(`${run}/gates/:stage/reject`, (call) => decide(call, "reject", "Rejected"));
}

const pausing = "Pausing: no more stages start; running ones continue to their end.";

function control(call: FormCall, said: string | null, operation: () => Promise<unknown>): Promise<Answer> {
  const back = backOf(call.form, pageOf(call));
  return answerForm(call, back, async () => {
    await retryWhileLocked(operation);
    return showChanges(call, back, said);
  });
}

/** The limits that a form sets; null where it sets none. */
function budgetIn({ form }: FormCall): BudgetChange | null {
  const given = (["usd", "tokens"] as const).flatMap((limit) => {
    const text = form.get(limit)?.trim() ?? "";
    if (text === "") return [];
    const read = readLimit(limit, text);
    if ("problem" in read) throw new AppError("invalid_usage", `${read.problem}, not "${text}"`);
    return [[limit, read.value] as const];
  });
  return given.length === 0 ? null : Object.fromEntries(given);
}

function decide(call: FormCall, type: "approve" | "reject", word: string): Promise<Answer> {
  const { context, form, params } = call;
  const back = backOf(form, pageOf(call));
  return answerForm(call, back, async () => {
    const actor = form.get("actor")?.trim() ?? "";
    if (actor === "") throw new AppError("invalid_usage", noName);
    const comment = form.get("comment")?.trim() || null;
    const request_id = form.get("request_id") || null;
    const always = form.get("always") !== null;
    const decision = { type, stage_id: params["stage"] ?? "", actor, comment, request_id, always };
    await retryWhileLocked(() => decideGate(context, runOf(call), decision));
    const said = `${word}: ${params["stage"] ?? ""}`;
    return { ...showChanges(call, back, said, actor), cookie: deciderCookie(actor) };
  });
}

// Nobody signs a decision without choosing a name, so the server's own user is no default here.
const noName = 'nobody was named who decides. fill in "As"';

function rerun(call: FormCall, from: RerunFrom): Promise<Answer> {
  const { context } = call;
  return answerForm(call, pageOf(call), async () => {
    const runId = await retryWhileLocked(() => rerunExecution(context, runOf(call), { from }));
    const { workflow_slug } = getExecution(context.store, runOf(call));
    return {
      toast: { kind: "done", text: "A new run has started." },
      location: executionPath(workflow_slug, runId),
      fragments: null,
    };
  });
}

function showChanges(
  call: FormCall,
  location: string,
  said: string | null,
  decider = lastDecider(call.request),
): FormResult {
  const toast = said === null ? null : ({ kind: "done", text: said } as const);
  return { toast, location, fragments: () => changedParts(call, decider) };
}

/** The page shows what its own button has done without waiting for its stream. */
function changedParts({ context, params }: FormCall, decider: string): Html[] {
  const query = new URLSearchParams({ stage: params["stage"] ?? "", tab: "output" });
  const view = readExecutionView(context, params["run"] ?? "", query, decider);
  const { selected } = view;
  return [
    ExecutionHead.update({ view }),
    ExecutionProgress.update({ view }),
    ExecutionControls.update({ view }),
    GateStrip.update({ view, isFollowed: true }),
    ...dialogsOf(view),
    ...(selected && params["stage"] ? [TimelineRow.update({ view, step: selected })] : []),
  ];
}

/** Gates that still wait are redrawn with the name of whoever has decided. */
function dialogsOf(view: ExecutionView): Html[] {
  return waitingGates(view).flatMap((gate) =>
    (["approve", "reject"] as const).map((decision) => DecisionDialog.update({ gate, decision })),
  );
}

function runOf({ params }: FormCall): string {
  return params["run"] ?? "";
}

function pageOf({ params }: FormCall): string {
  return executionPath(params["id"] ?? "", params["run"] ?? "");
}

import type { RerunFrom } from "../../engine/engine.ts";
import { AppError } from "../../errors.ts";
import type { Signal } from "../../execution/signal.ts";
import { hasEnded } from "../../execution/status.ts";
import type { ValueObject } from "../../expression/value.ts";
import { getExecution } from "../../store/executions.ts";
import { isProcessAlive } from "../../store/holder-process.ts";
import { holderOf } from "../../store/leases.ts";
import type { Context } from "../server/server-parts.ts";
import { json, problems } from "./answers.ts";
import { endpoint, type Endpoint } from "./endpoint.ts";
import { executionNow } from "./executions.ts";
import { CancelBody, DecisionBody, EmptyBody, Execution, RerunBody } from "./schemas-execution.ts";
import { Started } from "./schemas-workflow.ts";
import { started } from "./start-run.ts";

const shared = { tag: "executions", needsEngine: true, method: "POST" as const };
const nothing = { schema: EmptyBody, required: false, takesYaml: false, examples: {} };
const decision = {
  schema: DecisionBody,
  required: false,
  takesYaml: false,
  examples: { decision: { actor: "miethe", comment: "looked at it" } },
};
const applied = {
  200: { description: "the execution as it is now", schema: Execution },
  ...problems(400, 404, 409),
};

export const controlEndpoints: Endpoint[] = [
  endpoint({
    ...shared,
    path: "/workflow-executions/{run_id}/pause",
    operationId: "pauseExecution",
    summary: "Start nothing new; what runs goes on to its end",
    body: nothing,
    answers: applied,
    handle: ({ params, context }) => signalled(context, params.run_id, { type: "pause" }),
  }),
  endpoint({
    ...shared,
    path: "/workflow-executions/{run_id}/resume",
    operationId: "resumeExecution",
    summary: "Go on with an execution that is paused, or whose engine is gone",
    body: nothing,
    answers: applied,
    handle: ({ params, context }) => resumed(context, params.run_id),
  }),
  endpoint({
    ...shared,
    path: "/workflow-executions/{run_id}/cancel",
    operationId: "cancelExecution",
    summary: "Stop an execution and its agents",
    body: {
      schema: CancelBody,
      required: false,
      takesYaml: false,
      examples: { why: { reason: "wrong branch" } },
    },
    answers: applied,
    handle: ({ params, body, context }) =>
      signalled(context, params.run_id, { type: "cancel", reason: body.reason ?? null }),
  }),
  endpoint({
    ...shared,
    path: "/workflow-executions/{run_id}/rerun",
    operationId: "rerunExecution",
    summary: "Run an execution's snapshot again, with its parameters",
    body: {
      schema: RerunBody,
      required: false,
      takesYaml: false,
      examples: { failed: { from_failed: true } },
    },
    answers: {
      202: { description: "started; it is on disk", schema: Started, headers: { Location: "the execution" } },
      ...problems(400, 404, 409),
    },
    handle: async ({ params, body, context }) => {
      const { run_id } = getExecution(context.store, params.run_id);
      const secrets = Object.assign(Object.create(null), body.parameters) as ValueObject;
      return started(context, await context.engine.rerun(run_id, rerunFrom(body), secrets));
    },
  }),
  endpoint({
    ...shared,
    path: "/workflow-executions/{run_id}/gates/{stage_id}/approve",
    operationId: "approveGate",
    summary: "Open a gate that waits",
    description: "The same decision a second time is answered the same and recorded once.",
    body: decision,
    answers: { ...applied, ...problems(403) },
    handle: ({ params, body, context }) => decided(context, "approve", params, body),
  }),
  endpoint({
    ...shared,
    path: "/workflow-executions/{run_id}/gates/{stage_id}/reject",
    operationId: "rejectGate",
    summary: "Refuse a gate that waits",
    body: decision,
    answers: { ...applied, ...problems(403) },
    handle: ({ params, body, context }) => decided(context, "reject", params, body),
  }),
];

function decided(
  context: Context,
  type: "approve" | "reject",
  { run_id, stage_id }: { run_id: string; stage_id: string },
  { actor, comment }: { actor?: string; comment?: string | null },
): Promise<Response> {
  const who = actor ?? context.user;
  return signalled(context, run_id, { type, stage_id, actor: who, comment: comment ?? null });
}

/** Gives the signal to whoever drives the execution; answers once it is on disk. */
async function signalled(context: Context, runId: string, signal: Signal): Promise<Response> {
  getExecution(context.store, runId);
  const answer = await context.engine.signal(runId, signal);
  if (answer.outcome === "refused") {
    const { status } = getExecution(context.store, runId);
    const details = answer.code === "conflict" ? [{ path: "status", message: status }] : [];
    throw new AppError(answer.code, answer.message, details);
  }
  return json(executionNow(context, runId));
}

/** An execution that nobody alive drives is this server's from now on; being taken over may be all it needed. */
async function resumed(context: Context, runId: string): Promise<Response> {
  const { status } = getExecution(context.store, runId);
  const holder = holderOf(context.store, runId);
  const isDriven = holder !== null && isProcessAlive(holder);
  if (!hasEnded(status) && !isDriven) {
    await context.engine.takeOver(runId);
    if (status !== "paused") return json(executionNow(context, runId));
  }
  return signalled(context, runId, { type: "resume" });
}

function rerunFrom({ from_failed, from_stage }: { from_failed?: boolean; from_stage?: string }): RerunFrom {
  if (from_failed === true && from_stage !== undefined) {
    throw new AppError("invalid_usage", '"from_failed" and "from_stage" exclude each other');
  }
  if (from_stage !== undefined) return { kind: "stage", stage_id: from_stage };
  return { kind: from_failed === true ? "failed" : "start" };
}

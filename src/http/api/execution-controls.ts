import type { Static } from "@sinclair/typebox";
import type { Signal } from "../../execution/signal.ts";
import type { ValueObject } from "../../expression/value.ts";
import { decideGate } from "../../operation/decide-gate.ts";
import { describeRun } from "../../operation/describe-execution.ts";
import { rerunExecution, rerunStart } from "../../operation/rerun-execution.ts";
import { resumeExecution } from "../../operation/resume-execution.ts";
import { signalExecution } from "../../operation/signal-execution.ts";
import type { Context } from "../server/server-parts.ts";
import { answerStarted } from "./answer-started.ts";
import { json, problems } from "./answers.ts";
import { endpoint, type Endpoint } from "./endpoint.ts";
import {
  CancelBody,
  DecisionBody,
  EmptyBody,
  Execution,
  RerunBody,
  ResumeBody,
} from "./schemas-execution.ts";
import { Started } from "./schemas-workflow.ts";

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
    summary: "Start no more stages; running ones continue to their end",
    body: nothing,
    answers: applied,
    handle: ({ params, context }) => signal(context, params.run_id, { type: "pause" }),
  }),
  endpoint({
    ...shared,
    path: "/workflow-executions/{run_id}/resume",
    operationId: "resumeExecution",
    summary: "Continue an execution that is paused or whose engine has ended",
    description: "One whose budget is used up needs a higher one.",
    body: {
      schema: ResumeBody,
      required: false,
      takesYaml: false,
      examples: { budget: { budget: { usd: 5 } } },
    },
    answers: applied,
    handle: async ({ params, body, context }) => {
      await resumeExecution(context, params.run_id, body.budget ?? null);
      return json(describeRun(context.store, params.run_id));
    },
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
      signal(context, params.run_id, { type: "cancel", reason: body.reason ?? null }),
  }),
  endpoint({
    ...shared,
    path: "/workflow-executions/{run_id}/rerun",
    operationId: "rerunExecution",
    summary: "Run an execution's snapshot again with the same parameters",
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
      const from = rerunStart(
        { failed: body.from_failed === true, stageId: body.from_stage ?? null, isFresh: body.fresh === true },
        { failed: '"from_failed"', stage: '"from_stage"' },
      );
      const secrets = Object.assign(Object.create(null), body.parameters) as ValueObject;
      const run_id = await rerunExecution(context, params.run_id, { from, secrets });
      return answerStarted(context, { run_id, isRepeated: false });
    },
  }),
  endpoint({
    ...shared,
    path: "/workflow-executions/{run_id}/gates/{stage_id}/approve",
    operationId: "approveGate",
    summary: "Approve a waiting gate, or what an agent asks for",
    description: "The same decision a second time is answered the same and recorded once.",
    body: decision,
    answers: { ...applied, ...problems(403) },
    handle: ({ params, body, context }) => decide(context, "approve", params, body),
  }),
  endpoint({
    ...shared,
    path: "/workflow-executions/{run_id}/gates/{stage_id}/reject",
    operationId: "rejectGate",
    summary: "Reject a waiting gate, or what an agent asks for",
    body: decision,
    answers: { ...applied, ...problems(403) },
    handle: ({ params, body, context }) => decide(context, "reject", params, body),
  }),
];

async function decide(
  context: Context,
  type: "approve" | "reject",
  { run_id, stage_id }: { run_id: string; stage_id: string },
  { actor, comment, request_id, always }: Static<typeof DecisionBody>,
): Promise<Response> {
  const decision = {
    type,
    stage_id,
    actor: actor ?? context.user,
    comment: comment ?? null,
    request_id: request_id ?? null,
    always: always ?? false,
  };
  await decideGate(context, run_id, decision);
  return json(describeRun(context.store, run_id));
}

async function signal(context: Context, runId: string, given: Signal): Promise<Response> {
  await signalExecution(context, runId, given);
  return json(describeRun(context.store, runId));
}

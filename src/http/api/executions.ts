import { Type } from "@sinclair/typebox";
import { executionStatuses } from "../../execution/status.ts";
import { describeRun, describeRuns } from "../../operation/describe-execution.ts";
import { getExecution } from "../../store/executions.ts";
import { executionSorts, listExecutions } from "../../store/list-executions.ts";
import { openWorkflow } from "../../operation/open-workflow.ts";
import { executionsOf } from "../../operation/executions-of.ts";
import type { Context } from "../server/server-parts.ts";
import { json, problems } from "./answers.ts";
import { endpoint, type Endpoint } from "./endpoint.ts";
import { closed, cursorQuery, limitQuery, oneOf } from "./schemas.ts";
import { Execution, ExecutionPage } from "./schemas-execution.ts";

const shared = { tag: "executions", needsEngine: true, method: "GET" as const };
const filters = {
  status: Type.Optional(oneOf(executionStatuses)),
  trigger: Type.Optional(oneOf(["manual", "scheduled", "api"])),
  started_after: Type.Optional(Type.String({ maxLength: 40, description: "ISO 8601, inclusive" })),
  started_before: Type.Optional(Type.String({ maxLength: 40, description: "ISO 8601, exclusive" })),
  sort: Type.Optional(oneOf(executionSorts, { default: "-started_at" })),
  limit: limitQuery,
  cursor: cursorQuery,
};

export const executionEndpoints: Endpoint[] = [
  endpoint({
    ...shared,
    path: "/workflow-executions",
    operationId: "listExecutions",
    isKept: true,
    summary: "List executions",
    description: "Items have no key steps; one execution by itself has it.",
    query: Type.Object(
      {
        workflow_id: Type.Optional(Type.String({ maxLength: 500, description: "id, workflow.id or name" })),
        ...filters,
      },
      closed,
    ),
    answers: { 200: { description: "a page", schema: ExecutionPage }, ...problems(400) },
    handle: ({ query, context }) => {
      const { workflow_id, ...filter } = query;
      return answerPage(context, {
        ...filter,
        ...(workflow_id === undefined ? {} : executionsOf(context, workflow_id)),
      });
    },
  }),
  endpoint({
    ...shared,
    tag: "workflows",
    path: "/workflows/{id}/executions",
    operationId: "listWorkflowExecutions",
    isKept: true,
    summary: "List the executions of a workflow",
    query: Type.Object(filters, closed),
    answers: { 200: { description: "a page", schema: ExecutionPage }, ...problems(400, 404) },
    handle: ({ params, query, context }) =>
      answerPage(context, { ...query, workflow_id: openWorkflow(context, params.id).id }),
  }),
  endpoint({
    ...shared,
    path: "/workflow-executions/{run_id}",
    operationId: "getExecution",
    summary: "Get an execution with its steps",
    query: Type.Object(
      {
        if_newer_than: Type.Optional(
          Type.Integer({
            minimum: 0,
            description: "last_event of what you have; 304 when nothing has happened since",
          }),
        ),
      },
      closed,
    ),
    answers: {
      200: { description: "the execution", schema: Execution },
      304: { description: "nothing has happened since that event", schema: null },
      ...problems(400, 404),
    },
    handle: ({ params, query, context }) => {
      const record = getExecution(context.store, params.run_id);
      if (query.if_newer_than !== undefined && record.last_event <= query.if_newer_than) {
        return new Response(null, { status: 304 });
      }
      return json(describeRun(context.store, record.run_id));
    },
  }),
];

function answerPage({ store }: Context, filter: Parameters<typeof listExecutions>[1]): Response {
  const page = listExecutions(store, filter);
  return json({ ...page, items: describeRuns(store, page.items) });
}

import { Type } from "@sinclair/typebox";
import { checkDefinition } from "../../operation/check-definition.ts";
import { openDefinition, planExecution, type PlannedSource } from "../../operation/plan-execution.ts";
import { startExecution } from "../../operation/start-execution.ts";
import type { Context } from "../server/server-parts.ts";
import { answerStarted } from "./answer-started.ts";
import { json, problems } from "./answers.ts";
import { definitionText } from "./definition-text.ts";
import { endpoint, type Endpoint } from "./endpoint.ts";
import { exampleDefinition } from "./example-definition.ts";
import { closed, ValidationResult } from "./schemas.ts";
import { EmptyBody } from "./schemas-execution.ts";
import {
  DefinitionBody,
  Plan,
  PlanBody,
  PlanDefinitionBody,
  RunBody,
  StartBody,
  Started,
} from "./schemas-workflow.ts";

const shared = { tag: "workflows", needsEngine: true, method: "POST" as const };
const strictQuery = Type.Object(
  {
    strict: Type.Optional(Type.Boolean({ description: "what is missing here for a start is an error too" })),
  },
  closed,
);
const runHeaders = { "Idempotency-Key": "for 24 hours, the same key and body start one execution only" };
const startedAnswer = {
  202: {
    description: "started; it is on disk",
    schema: Started,
    headers: { Location: "the execution", "Idempotent-Replay": "true: it was started by an earlier request" },
    example: {
      run_id: "0199c2f4-7d1e-7aaa-8bbb-0123456789ab",
      status: "running",
      stream_url: "/api/v1/workflow-executions/0199c2f4-7d1e-7aaa-8bbb-0123456789ab/stream",
    },
  },
};
const runExample = {
  parameters: { version: "1.4.0" },
  overrides: { agents: { write: "agent:editor" }, context_modules: ["ctx:style"] },
  trigger: "api",
};

export const workflowRunEndpoints: Endpoint[] = [
  endpoint({
    ...shared,
    path: "/workflows/validate",
    operationId: "validateDefinition",
    summary: "Check a definition; nothing is stored",
    query: strictQuery,
    body: definitionBody(DefinitionBody),
    answers: { 200: { description: "every finding", schema: ValidationResult }, ...problems(400, 422) },
    handle: async ({ body, query, context }) => {
      const source = { text: definitionText(body.definition) };
      return json(await validate(context, source, query.strict));
    },
  }),
  endpoint({
    ...shared,
    path: "/workflows/plan",
    operationId: "planDefinition",
    summary: "Plan a definition; nothing is stored and nothing runs",
    body: definitionBody(PlanDefinitionBody, { parameters: { version: "1.4.0" } }),
    answers: { 200: { description: "the plan", schema: Plan }, ...problems(400, 422) },
    handle: async ({ body, context }) => {
      const source = { text: definitionText(body.definition) };
      return json((await planExecution(context, source, body)).plan);
    },
  }),
  endpoint({
    ...shared,
    path: "/workflows/{id}/validate",
    operationId: "validateWorkflow",
    summary: "Check a stored workflow",
    query: strictQuery,
    body: { schema: EmptyBody, required: false, takesYaml: false, examples: {} },
    answers: { 200: { description: "every finding", schema: ValidationResult }, ...problems(400, 404) },
    handle: async ({ params, query, context }) =>
      json(await validate(context, { workflow: params.id }, query.strict)),
  }),
  endpoint({
    ...shared,
    path: "/workflows/{id}/plan",
    operationId: "planWorkflow",
    summary: "Show what would run and in which order; nothing runs",
    body: {
      schema: PlanBody,
      required: false,
      takesYaml: false,
      examples: { parameters: { parameters: { version: "1.4.0" } } },
    },
    answers: { 200: { description: "the plan", schema: Plan }, ...problems(400, 404, 422) },
    handle: async ({ params, body, context }) =>
      json((await planExecution(context, { workflow: params.id }, body)).plan),
  }),
  endpoint({
    ...shared,
    path: "/workflows/{id}/run",
    operationId: "runWorkflow",
    summary: "Start an execution",
    headers: runHeaders,
    body: { schema: RunBody, required: false, takesYaml: false, examples: { run: runExample } },
    answers: { ...startedAnswer, ...problems(400, 404, 409, 422) },
    handle: async ({ params, body, context, request }) => {
      const asked = { workflow: params.id, inputs: body, key: keyOf(request) };
      return answerStarted(context, await startExecution(context, asked));
    },
  }),
  endpoint({
    ...shared,
    tag: "executions",
    path: "/workflow-executions",
    operationId: "startExecution",
    summary: "Start an execution (in SkillMeat's form)",
    headers: runHeaders,
    body: {
      schema: StartBody,
      required: true,
      takesYaml: false,
      examples: { run: { workflow_id: "release-notes", ...runExample } },
    },
    answers: { ...startedAnswer, ...problems(400, 404, 409, 422) },
    handle: async ({ body, context, request }) => {
      const { workflow_id, ...inputs } = body;
      const asked = { workflow: workflow_id, inputs, key: keyOf(request) };
      return answerStarted(context, await startExecution(context, asked));
    },
  }),
];

function keyOf({ headers }: Request): string | null {
  return headers.get("idempotency-key");
}

function definitionBody<T extends typeof DefinitionBody | typeof PlanDefinitionBody>(
  schema: T,
  more: Record<string, unknown> = {},
) {
  return {
    schema,
    required: true,
    takesYaml: true,
    examples: { text: { definition: exampleDefinition, ...more } },
    yamlExample: exampleDefinition,
  };
}

function validate(context: Context, source: PlannedSource, strict: boolean | undefined) {
  const found = openDefinition(context, source);
  return checkDefinition(found, { isStrict: strict === true, options: context.options }, context);
}

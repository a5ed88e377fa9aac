import { Type, type Static } from "@sinclair/typebox";
import type { FoundDefinition } from "../../operation/stored-definition.ts";
import type { StartRequest } from "../../engine/engine.ts";
import { checkDefinition } from "../../operation/check-definition.ts";
import type { Context } from "../server/server-parts.ts";
import { json, problems } from "./answers.ts";
import { atWorkdir, composeRun, composeStart, definitionInBody, definitionOf } from "./compose-run.ts";
import { definitionText } from "./definition-body.ts";
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
import { startRun } from "./start-run.ts";

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
      const source = definitionInBody(definitionText(body.definition), context);
      return json(await validated(source, query.strict, context));
    },
  }),
  endpoint({
    ...shared,
    path: "/workflows/plan",
    operationId: "planDefinition",
    summary: "Plan a definition; nothing is stored, nothing runs",
    body: definitionBody(PlanDefinitionBody, { parameters: { version: "1.4.0" } }),
    answers: { 200: { description: "the plan", schema: Plan }, ...problems(400, 422) },
    handle: async ({ body, context }) => {
      const here = atWorkdir(context, body.workdir);
      const source = definitionInBody(definitionText(body.definition), here);
      return json((await composeRun(source, body, here)).plan);
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
      json(await validated(definitionOf(params.id, context), query.strict, context)),
  }),
  endpoint({
    ...shared,
    path: "/workflows/{id}/plan",
    operationId: "planWorkflow",
    summary: "What would run, in which order; nothing runs",
    body: {
      schema: PlanBody,
      required: false,
      takesYaml: false,
      examples: { parameters: { parameters: { version: "1.4.0" } } },
    },
    answers: { 200: { description: "the plan", schema: Plan }, ...problems(400, 404, 422) },
    handle: async ({ params, body, context }) => {
      const here = atWorkdir(context, body.workdir);
      return json((await composeRun(definitionOf(params.id, here), body, here)).plan);
    },
  }),
  endpoint({
    ...shared,
    path: "/workflows/{id}/run",
    operationId: "runWorkflow",
    summary: "Start an execution",
    headers: runHeaders,
    body: { schema: RunBody, required: false, takesYaml: false, examples: { run: runExample } },
    answers: { ...startedAnswer, ...problems(400, 404, 409, 422) },
    handle: ({ params, body, context, request }) =>
      startRun(context, { workflow: params.id, given: body, request }, () =>
        composeAt(params.id, body, context),
      ),
  }),
  endpoint({
    ...shared,
    tag: "executions",
    path: "/workflow-executions",
    operationId: "startExecution",
    summary: "Start an execution (SkillMeat's form)",
    headers: runHeaders,
    body: {
      schema: StartBody,
      required: true,
      takesYaml: false,
      examples: { run: { workflow_id: "release-notes", ...runExample } },
    },
    answers: { ...startedAnswer, ...problems(400, 404, 409, 422) },
    handle: ({ body, context, request }) => {
      const { workflow_id, ...given } = body;
      const asked = { workflow: workflow_id, given, request };
      return startRun(context, asked, () => composeAt(workflow_id, given, context));
    },
  }),
];

/** What was started before under the same key is answered without a look at where it was to work. */
function composeAt(workflow: string, given: Static<typeof RunBody>, context: Context): Promise<StartRequest> {
  const here = atWorkdir(context, given.workdir);
  return composeStart(definitionOf(workflow, here), given, here);
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

function validated(source: FoundDefinition, strict: boolean | undefined, context: Context) {
  return checkDefinition(source, { isStrict: strict === true, options: context.options }, context);
}

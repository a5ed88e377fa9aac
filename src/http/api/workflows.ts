import { Type } from "@sinclair/typebox";
import { duplicateWorkflow } from "../../operation/duplicate-workflow.ts";
import { deleteWorkflow, saveWorkflow, setWorkflowStatus } from "../../operation/save-workflow.ts";
import { AppError } from "../../errors.ts";
import { listLibrary } from "../../operation/list-library.ts";
import { openWorkflow } from "../../operation/open-workflow.ts";
import { workflowSorts } from "../../store/list-workflows.ts";
import { listWorkflowVersions } from "../../store/read-workflows.ts";
import type { WorkflowRecord } from "../../store/workflow-record.ts";
import { workflowView } from "../../store/workflow-view.ts";
import { json, problems } from "./answers.ts";
import { definitionText } from "./definition-text.ts";
import { endpoint, type Endpoint } from "./endpoint.ts";
import { exampleDefinition } from "./example-definition.ts";
import { closed, cursorQuery, limitQuery, oneOf } from "./schemas.ts";
import {
  DuplicateBody,
  SaveBody,
  Workflow,
  WorkflowPage,
  WorkflowStatus,
  WorkflowVersionPage,
} from "./schemas-workflow.ts";

const shared = { tag: "workflows", needsEngine: true };
const saveBody = {
  schema: SaveBody,
  required: true,
  takesYaml: true,
  examples: { text: { definition: exampleDefinition, status: "draft" } },
  yamlExample: exampleDefinition,
};

export const workflowEndpoints: Endpoint[] = [
  endpoint({
    ...shared,
    method: "GET",
    path: "/workflows",
    operationId: "listWorkflows",
    isKept: true,
    followsFiles: true,
    summary: "List stored workflows",
    query: Type.Object(
      {
        status: Type.Optional(WorkflowStatus),
        tag: Type.Optional(
          Type.Array(Type.String({ maxLength: 200 }), { maxItems: 20, description: "all of them" }),
        ),
        search: Type.Optional(
          Type.String({
            maxLength: 200,
            description: "in name, workflow.id, description or tags; % and _ mean themselves",
          }),
        ),
        sort: Type.Optional(oneOf(workflowSorts, { default: "-updated_at" })),
        limit: limitQuery,
        cursor: cursorQuery,
      },
      closed,
    ),
    answers: { 200: { description: "a page", schema: WorkflowPage }, ...problems(400) },
    handle: ({ query, context }) => {
      const { tag, ...filter } = query;
      const page = listLibrary(context, { ...filter, ...(tag ? { tags: tag } : {}) });
      return json({ ...page, items: page.items.map(workflowView) });
    },
  }),
  endpoint({
    ...shared,
    method: "POST",
    path: "/workflows",
    operationId: "createWorkflow",
    summary: "Store a new workflow",
    description:
      "Its file, its entry in the collection's manifest and its row are made together, or none of them.",
    body: saveBody,
    answers: {
      201: {
        description: "stored",
        schema: Workflow,
        headers: { Location: "where it is", ETag: "its hash" },
      },
      ...problems(400, 409, 422),
    },
    handle: async ({ body, context }) => {
      const text = definitionText(givenDefinition(body) ?? missingDefinition());
      const status = body.status ?? null;
      const saving = { text, over: null, expected: null, status, created_by: context.user };
      return answerCreated(await saveWorkflow(context, saving));
    },
  }),
  endpoint({
    ...shared,
    method: "GET",
    path: "/workflows/{id}",
    operationId: "getWorkflow",
    summary: "Get a workflow",
    description: "By its id, or by the workflow.id of its definition.",
    answers: {
      200: { description: "the workflow", schema: Workflow, headers: { ETag: "its hash" } },
      ...problems(404),
    },
    handle: ({ params, context }) => answerWorkflow(openWorkflow(context, params.id)),
  }),
  endpoint({
    ...shared,
    method: "PUT",
    path: "/workflows/{id}",
    operationId: "updateWorkflow",
    summary: "Save a new definition or another status",
    description:
      "With If-Match only if the stored definition still has that hash; every definition is kept as a version.",
    headers: { "If-Match": "the definition_hash (or ETag) that the change was made from" },
    body: saveBody,
    answers: {
      200: { description: "saved", schema: Workflow, headers: { ETag: "its hash" } },
      ...problems(400, 404, 409, 422),
    },
    handle: async ({ params, body, context, request }) => {
      const over = openWorkflow(context, params.id);
      const expected = expectedHashes(request);
      const definition = givenDefinition(body);
      if (definition === null) {
        const status = body.status ?? missingDefinition();
        return answerWorkflow(await setWorkflowStatus(context, over, { status, expected }));
      }
      const text = definitionText(definition);
      const status = body.status ?? null;
      return answerWorkflow(await saveWorkflow(context, { text, over, expected, status, created_by: null }));
    },
  }),
  endpoint({
    ...shared,
    method: "DELETE",
    path: "/workflows/{id}",
    operationId: "deleteWorkflow",
    summary: "Delete a workflow; its executions stay",
    answers: { 204: { description: "deleted", schema: null }, ...problems(404, 409) },
    handle: async ({ params, context }) => {
      await deleteWorkflow(context, openWorkflow(context, params.id));
      return new Response(null, { status: 204 });
    },
  }),
  endpoint({
    ...shared,
    method: "POST",
    path: "/workflows/{id}/duplicate",
    operationId: "duplicateWorkflow",
    summary: "Store a copy of a workflow under another name",
    body: {
      schema: DuplicateBody,
      required: false,
      takesYaml: false,
      examples: { named: { name: "Hotfix" } },
    },
    answers: {
      201: { description: "stored", schema: Workflow, headers: { Location: "where it is" } },
      ...problems(400, 404, 409),
    },
    handle: async ({ params, body, context }) => {
      const original = openWorkflow(context, params.id);
      const copy = { original, name: body.name ?? null, created_by: context.user };
      return answerCreated(await duplicateWorkflow(context, copy));
    },
  }),
  endpoint({
    ...shared,
    method: "GET",
    path: "/workflows/{id}/versions",
    operationId: "listWorkflowVersions",
    summary: "List the saved definitions of a workflow, newest first",
    query: Type.Object({ limit: limitQuery, cursor: cursorQuery }, closed),
    answers: { 200: { description: "a page", schema: WorkflowVersionPage }, ...problems(400, 404) },
    handle: ({ params, query, context }) => {
      const { id } = openWorkflow(context, params.id);
      return json(listWorkflowVersions(context.store, id, query));
    },
  }),
];

function answerCreated(record: WorkflowRecord): Response {
  return json(workflowView(record), 201, {
    location: `/api/v1/workflows/${record.id}`,
    etag: `"${record.definition_hash}"`,
  });
}

function answerWorkflow(record: WorkflowRecord): Response {
  return json(workflowView(record), 200, { etag: `"${record.definition_hash}"` });
}

function givenDefinition(body: {
  definition?: string | Record<string, unknown>;
  yaml_content?: string;
}): string | Record<string, unknown> | null {
  if (body.definition !== undefined && body.yaml_content !== undefined) {
    throw new AppError(
      "invalid_usage",
      '"definition" and "yaml_content" mean the same. give only one of them',
    );
  }
  return body.definition ?? body.yaml_content ?? null;
}

function missingDefinition(): never {
  throw new AppError("invalid_usage", 'the body does not fit: "definition" is required', [
    { path: "definition", message: "is required" },
  ]);
}

/**
 * The hashes of `If-Match`, any of which may be the saved one: with or without quotes, weak or not, several after
 * commas. Null: none is asked for, or `*`, which any is. Throws `AppError("invalid_usage")` when it says nothing.
 */
function expectedHashes(request: Request): string[] | null {
  const given = request.headers.get("if-match");
  if (given === null) return null;
  const hashes = given.split(",").map((each) => each.trim().replace(/^(?:W\/)?"(.*)"$/, "$1"));
  if (hashes.some((each) => each === "*")) return null;
  const said = hashes.filter((each) => each !== "");
  if (said.length > 0) return said;
  throw new AppError("invalid_usage", "If-Match is empty. give the definition_hash that you have, or *", [
    { path: "If-Match", message: "is empty" },
  ]);
}

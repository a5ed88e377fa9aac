import type { TSchema } from "@sinclair/typebox";
import { version } from "../../version.ts";
import { problems } from "./answers.ts";
import type { AnswerSpec, BodySpec, Endpoint } from "./endpoint.ts";
import { apiPrefix } from "./mount.ts";
import { Problem } from "./schemas.ts";

/** OpenAPI 3.1, made from the endpoints: JSON Schema is its own language, so that schemas go in as they are. */
export interface OpenApiDocument {
  openapi: "3.1.0";
  info: Record<string, unknown>;
  servers: { url: string }[];
  tags: { name: string; description: string }[];
  security: Record<string, string[]>[];
  paths: Record<string, Record<string, Operation>>;
  components: Record<string, Record<string, unknown>>;
}

export interface Operation {
  operationId: string;
  tags: string[];
  summary: string;
  description?: string;
  parameters: Parameter[];
  requestBody?: { required: boolean; content: Record<string, MediaType> };
  responses: Record<string, ResponseSpec>;
}

export interface Parameter {
  name: string;
  in: "path" | "query" | "header";
  required: boolean;
  description?: string;
  schema: JsonSchema;
}

export interface MediaType {
  schema: JsonSchema;
  example?: unknown;
  examples?: Record<string, { value: unknown }>;
}

export interface ResponseSpec {
  description: string;
  headers?: Record<string, { description: string; schema: JsonSchema }>;
  content?: Record<string, MediaType>;
}

export type JsonSchema = Record<string, unknown>;

const tags = [
  { name: "workflows", description: "definitions: stored, checked, planned, run" },
  { name: "executions", description: "what ran and runs, and its controls" },
  { name: "streams", description: "events as they happen, by server-sent events" },
  { name: "collection", description: "what a definition may refer to" },
  { name: "system", description: "the server itself" },
];

export function openApiDocument(endpoints: readonly Endpoint[]): OpenApiDocument {
  const schemas: Record<string, JsonSchema> = {};
  const paths: OpenApiDocument["paths"] = {};
  for (const each of endpoints) {
    const path = (paths[each.path] ??= {});
    path[each.method.toLowerCase()] = operation(each, schemas);
  }
  return {
    openapi: "3.1.0",
    info: {
      title: "skillmeat",
      version,
      description:
        "Workflows of AI agents: definitions, executions, live events. " +
        "Every answer has X-Trace-Id; every error has one form.",
      license: { name: "MIT", identifier: "MIT" },
    },
    servers: [{ url: apiPrefix }],
    tags,
    security: [{}, { token: [] }, { session: [] }],
    paths,
    components: {
      schemas,
      securitySchemes: {
        token: { type: "http", scheme: "bearer", description: "needed where the server has a token" },
        session: { type: "apiKey", in: "cookie", name: "skillmeat_session" },
      },
    },
  };
}

function operation(each: Endpoint, schemas: Record<string, JsonSchema>): Operation {
  return {
    operationId: each.operationId,
    tags: [each.tag],
    summary: each.summary,
    ...(each.description === undefined ? {} : { description: each.description }),
    parameters: [...pathParameters(each.path), ...queryParameters(each, schemas), ...headerParameters(each)],
    ...(each.body ? { requestBody: requestBody(each.body, schemas) } : {}),
    responses: Object.fromEntries([
      ...Object.entries({ ...(each.body ? problems(413, 415) : {}), ...each.answers }).map(
        ([status, answer]) => [status, responseOf(answer, schemas)] as const,
      ),
      ["default", responseOf(anyTrouble, schemas)],
    ]),
  };
}

const anyTrouble: AnswerSpec = {
  description:
    "what any request may meet: 401 no token, 403 a foreign host or origin, 429 too many wrong tokens, " +
    "500 a bug, 503 no database",
  schema: Problem,
};

function pathParameters(path: string): Parameter[] {
  return [...path.matchAll(/\{(\w+)\}/g)].map(([, name = ""]) => ({
    name,
    in: "path",
    required: true,
    schema: { type: "string" },
  }));
}

function queryParameters({ query }: Endpoint, schemas: Record<string, JsonSchema>): Parameter[] {
  return Object.entries(query?.properties ?? {}).map(([name, schema]) => {
    const { description, ...rest } = jsonSchema(schema, schemas);
    const said = typeof description === "string" ? { description } : {};
    return { name, in: "query", required: query?.required?.includes(name) ?? false, ...said, schema: rest };
  });
}

function headerParameters({ headers }: Endpoint): Parameter[] {
  return Object.entries(headers ?? {}).map(([name, description]) => ({
    name,
    in: "header",
    required: false,
    description,
    schema: { type: "string" },
  }));
}

function requestBody(
  body: BodySpec,
  schemas: Record<string, JsonSchema>,
): NonNullable<Operation["requestBody"]> {
  const examples = Object.entries(body.examples).map(([name, value]) => [name, { value }]);
  const json: MediaType = {
    schema: jsonSchema(body.schema, schemas),
    ...(examples.length === 0
      ? {}
      : { examples: Object.fromEntries(examples) as Record<string, { value: unknown }> }),
  };
  const yaml: MediaType = { schema: { type: "string" }, example: body.yamlExample };
  const content = { "application/json": json, ...(body.takesYaml ? { "application/yaml": yaml } : {}) };
  return { required: body.required, content };
}

function responseOf(answer: AnswerSpec, schemas: Record<string, JsonSchema>): ResponseSpec {
  const { description, schema, type = "application/json", isAlsoText, example } = answer;
  const headers = Object.entries(answer.headers ?? {}).map(([name, text]) => [
    name,
    { description: text, schema: { type: "string" } },
  ]);
  return {
    description,
    ...(headers.length === 0
      ? {}
      : { headers: Object.fromEntries(headers) as ResponseSpec["headers"] & object }),
    ...(schema === null
      ? {}
      : {
          content: {
            [type]: { schema: jsonSchema(schema, schemas), ...(example === undefined ? {} : { example }) },
            ...(isAlsoText ? { "text/plain": { schema: { type: "string" } } } : {}),
          },
        }),
  };
}

/** A schema with its named parts moved to the components, and choices of texts as `enum`. */
function jsonSchema(schema: TSchema, schemas: Record<string, JsonSchema>): JsonSchema {
  const { $id } = schema;
  if ($id === undefined) return convert(schema, schemas) as JsonSchema;
  if (!Object.hasOwn(schemas, $id)) {
    // Noted before its content is converted, because the schema may refer to itself.
    schemas[$id] = {};
    const { $id: _, ...rest } = convert(schema, schemas) as JsonSchema;
    schemas[$id] = rest;
  }
  return { $ref: `#/components/schemas/${$id}` };
}

function convert(value: unknown, schemas: Record<string, JsonSchema>): unknown {
  if (Array.isArray(value)) return value.map((item) => nameSchema(item, schemas));
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).map(([key, item]) => [key, nameSchema(item, schemas)] as const);
  const plain = Object.fromEntries(entries) as JsonSchema;
  return withEnum(plain);
}

function nameSchema(item: unknown, schemas: Record<string, JsonSchema>): unknown {
  const isNamed = typeof item === "object" && item !== null && "$id" in item && typeof item.$id === "string";
  return isNamed ? jsonSchema(item as unknown as TSchema, schemas) : convert(item, schemas);
}

function withEnum(schema: JsonSchema): JsonSchema {
  const { anyOf, ...rest } = schema;
  if (!Array.isArray(anyOf) || anyOf.length === 0) return schema;
  const texts = anyOf.map((option: JsonSchema) => option["const"]);
  if (!texts.every((text) => typeof text === "string")) return schema;
  return { ...rest, type: "string", enum: texts };
}

import type { Static, TObject, TSchema } from "@sinclair/typebox";
import type { Context } from "../server/server-parts.ts";

/**
 * One route of the API as data: its validation, its types and its place in the OpenAPI document all come from here.
 * Paths are below `/api/v1` and written as OpenAPI has them: `/workflows/{id}`.
 */
export interface Endpoint {
  method: Method;
  path: string;
  tag: string;
  /** Begins with a verb, for people. */
  summary: string;
  /** The name of the function in a client made from the document. */
  operationId: string;
  description?: string;
  /** Belongs to workflows: answers 404 while the engine is switched off. */
  needsEngine: boolean;
  query?: TObject;
  body?: BodySpec;
  /** Headers that it reads, besides the usual ones. */
  headers?: Record<string, string>;
  answers: Record<number, AnswerSpec>;
  /** True: a 200 follows from the address and the database alone, and is made without waiting. */
  isKept?: boolean;
  /** True: the files of workflows are checked before a cached answer is given again. */
  followsFiles?: boolean;
  handle: (call: Call) => Promise<Response> | Response;
}

export type Method = "GET" | "POST" | "PUT" | "DELETE";

export interface BodySpec {
  schema: TSchema;
  required: boolean;
  /** True: a definition may come as YAML text instead, and then stands for `{definition: text}`. */
  takesYaml: boolean;
  examples: Record<string, unknown>;
  yamlExample?: string;
}

export interface AnswerSpec {
  description: string;
  /** Null: no JSON. */
  schema: TSchema | null;
  /** Default: `application/json`. */
  type?: string;
  /** True: a parameter makes it `text/plain` instead. */
  isAlsoText?: boolean;
  example?: unknown;
  headers?: Record<string, string>;
}

/** What a handler is called with; parameters, query and body have been checked. */
export interface Call<Path extends string = string, Query = unknown, Body = unknown> {
  context: Context;
  request: Request;
  params: Record<ParamName<Path>, string>;
  query: Query;
  body: Body;
}

type ParamName<Path extends string> = string extends Path
  ? string
  : Path extends `${string}{${infer Name}}${infer Rest}`
    ? Name | ParamName<Rest>
    : never;

type EndpointSpec<Path extends string, Q extends TObject, B extends BodySpec> = Omit<
  Endpoint,
  "path" | "query" | "body" | "handle"
> & {
  path: Path;
  query?: Q;
  body?: B;
  handle: (
    call: Call<
      Path,
      TObject extends Q ? Record<string, never> : Static<Q>,
      BodySpec extends B ? undefined : Static<B["schema"]>
    >,
  ) => Promise<Response> | Response;
};

/** Gives a handler the types of what its schemas have checked. */
export function endpoint<
  const Path extends string,
  Q extends TObject = TObject,
  B extends BodySpec = BodySpec,
>(given: EndpointSpec<Path, Q, B>): Endpoint {
  return given as unknown as Endpoint;
}

import type { Elysia } from "elysia";
import { refreshIndex } from "../../operation/refresh-index.ts";
import { AppError } from "../../errors.ts";
import { addressOf } from "../server/address.ts";
import { retryWhileLocked } from "../server/retry-while-locked.ts";
import type { Context } from "../server/server-parts.ts";
import { createAnswerCache, type AnswerCache } from "../server/answer-cache.ts";
import { checkInput, readQuery } from "./check-input.ts";
import type { Endpoint } from "./endpoint.ts";
import { readBody } from "./read-body.ts";

export const apiPrefix = "/api/v1";

/** Gives the router each endpoint. Bodies and queries are checked here, so that a handler never sees an invalid one. */
export function mountEndpoints(app: Elysia, endpoints: readonly Endpoint[], context: Context): void {
  const cache = createAnswerCache(context.store);
  for (const each of endpoints) {
    const path = apiPrefix + each.path.replaceAll(/\{(\w+)\}/g, ":$1");
    app.route(
      each.method,
      path,
      ({ request, params }) =>
        answer(each, { context, cache }, request, (params ?? {}) as Record<string, string>),
      { parse: "none" } as never,
    );
  }
}

async function answer(
  each: Endpoint,
  { context, cache }: { context: Context; cache: AnswerCache },
  request: Request,
  params: Record<string, string | null>,
): Promise<Response> {
  if (each.needsEngine && !context.engineEnabled) {
    throw new AppError("not_found", "workflows are switched off here (WORKFLOW_ENGINE_ENABLED)");
  }
  if (each.isKept) return answerKept(each, { context, cache }, request, readable(params));
  const query = each.query ? readQuery(each.query, new URL(request.url).searchParams) : {};
  const body = each.body ? await bodyOf(each.body, request) : undefined;
  return retryWhileLocked(() => each.handle({ context, request, params: readable(params), query, body }));
}

/** The cached answer, else a new one, which is cached. */
async function answerKept(
  each: Endpoint,
  { context, cache }: { context: Context; cache: AnswerCache },
  request: Request,
  params: Record<string, string>,
): Promise<Response> {
  if (each.followsFiles) refreshIndex(context);
  const key = addressOf(request);
  const { body: known, mark } = cache.get(key);
  if (known) return new Response(known, { headers: { "content-type": "application/json;charset=utf-8" } });
  const query = each.query ? readQuery(each.query, new URL(request.url).searchParams) : {};
  const response = await each.handle({ context, request, params, query, body: undefined });
  if (response.status !== 200) return response;
  const body = await response.arrayBuffer();
  cache.keep(key, body, mark);
  return new Response(body, { headers: response.headers });
}

async function bodyOf(spec: NonNullable<Endpoint["body"]>, request: Request): Promise<unknown> {
  const data = await readBody(request, spec.takesYaml);
  return checkInput(spec.schema, data === undefined && !spec.required ? {} : data, "body");
}

/** The router gives null for a parameter that is not percent-encoded correctly. */
function readable(params: Record<string, string | null>): Record<string, string> {
  for (const [name, value] of Object.entries(params)) {
    if (typeof value !== "string")
      throw new AppError("invalid_usage", `"${name}" in the address is not encoded`);
  }
  return params as Record<string, string>;
}

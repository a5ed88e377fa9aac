import type { Elysia } from "elysia";
import { AppError } from "../../errors.ts";
import type { Context } from "../server-parts.ts";
import { checkInput, readQuery } from "./check-input.ts";
import type { Endpoint } from "./endpoint.ts";
import { readBody } from "./read-body.ts";

export const apiPrefix = "/api/v1";

/** Gives the router each endpoint. Bodies and queries are checked here, so that a handler never sees a wrong one. */
export function mountEndpoints(app: Elysia, endpoints: readonly Endpoint[], context: Context): void {
  for (const each of endpoints) {
    const path = apiPrefix + each.path.replaceAll(/\{(\w+)\}/g, ":$1");
    app.route(
      each.method,
      path,
      ({ request, params }) => answer(each, context, request, (params ?? {}) as Record<string, string>),
      { parse: "none" } as never,
    );
  }
}

async function answer(
  each: Endpoint,
  context: Context,
  request: Request,
  params: Record<string, string | null>,
): Promise<Response> {
  if (each.needsEngine && !context.engineEnabled) {
    throw new AppError("not_found", "workflows are switched off here (WORKFLOW_ENGINE_ENABLED)");
  }
  const query = each.query ? readQuery(each.query, new URL(request.url).searchParams) : {};
  const body = each.body ? await bodyOf(each.body, request) : undefined;
  return each.handle({ context, request, params: readable(params), query, body });
}

async function bodyOf(spec: NonNullable<Endpoint["body"]>, request: Request): Promise<unknown> {
  const data = await readBody(request, spec.takesYaml);
  return checkInput(spec.schema, data === undefined && !spec.required ? {} : data, "body");
}

/** The router gives null for what is not percent-encoded as it should be. */
function readable(params: Record<string, string | null>): Record<string, string> {
  for (const [name, value] of Object.entries(params)) {
    if (typeof value !== "string")
      throw new AppError("invalid_usage", `"${name}" in the address is not encoded`);
  }
  return params as Record<string, string>;
}

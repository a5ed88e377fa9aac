import { checkInput } from "../api/check-input.ts";
import { endpoints } from "../api/endpoints.ts";
import { retryWhileLocked } from "../server/retry-while-locked.ts";
import type { Context } from "../server/server-parts.ts";

interface Given {
  params: Record<string, string>;
  body?: unknown;
  request: Request;
}

/**
 * Does what the API does, by the name of its operation: a page's form and a client of the API act through the same
 * code. The answer's data. Throws what the endpoint throws.
 */
export async function callEndpoint(context: Context, operationId: string, given: Given): Promise<unknown> {
  const endpoint = endpoints.find((each) => each.operationId === operationId);
  if (!endpoint) throw new Error(`the API has no operation "${operationId}"`);
  const { params, request, body = {} } = given;
  const checked = endpoint.body ? checkInput(endpoint.body.schema, body, "form") : undefined;
  const answer = await retryWhileLocked(() =>
    endpoint.handle({ context, request, params, query: {}, body: checked }),
  );
  return answer.status === 204 ? null : answer.json();
}

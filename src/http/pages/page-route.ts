import type { Elysia } from "elysia";
import { AppError } from "../../errors.ts";
import { mostBodyBytes, tooLarge } from "../guard.ts";
import { patiently } from "../patiently.ts";
import type { Context } from "../server-parts.ts";
import { takesGzip } from "../takes-gzip.ts";
import { keptPages } from "./kept-page.ts";

/** What a page is made from. */
export interface PageCall {
  context: Context;
  request: Request;
  url: URL;
  params: Readonly<Record<string, string>>;
}

/** What a form has sent. */
export interface FormCall extends PageCall {
  form: URLSearchParams;
}

const leastPacked = 1024;

type Handler<Call> = (call: Call) => Response | Promise<Response>;

export interface PageRoutes {
  page(path: string, handle: Handler<PageCall>): void;
  /** A page that follows from the database, the clock and its address alone. */
  kept(path: string, handle: Handler<PageCall>): void;
  form(path: string, handle: Handler<FormCall>): void;
}

/** Routes of pages and of the forms on them. What needs the engine is not there while workflows are switched off. */
export function pageRoutes(
  app: Elysia,
  context: Context,
  { needEngine }: { needEngine: boolean },
): PageRoutes {
  const pages = keptPages(context);
  const callOf = (request: Request, params: unknown): PageCall => {
    if (needEngine && !context.engineEnabled) throw switchedOff();
    return { context, request, url: new URL(request.url), params: readable(params) };
  };
  return {
    page: (path, handle) =>
      void app.get(path, async ({ request, params }) =>
        packed(request, await handle(callOf(request, params))),
      ),
    kept: (path, handle) =>
      void app.get(path, ({ request, params }) => {
        const call = callOf(request, params);
        return pages.answer(request, async () => packed(request, await handle(call)));
      }),
    form: (path, handle) =>
      void app.post(
        path,
        async ({ request, params }) => {
          const call = { ...callOf(request, params), form: await formOf(request) };
          return packed(request, await patiently(() => handle(call)));
        },
        { parse: "none" } as never,
      ),
  };
}

export function html(text: string, status = 200, headers: Record<string, string> = {}): Response {
  return new Response(text, { status, headers: { "content-type": "text/html; charset=utf-8", ...headers } });
}

export function redirect(location: string, headers: Record<string, string> = {}): Response {
  return new Response(null, { status: 303, headers: { location, ...headers } });
}

/** True when a script of the page asks, which swaps parts of it. */
export function wantsFragments(request: Request): boolean {
  return request.headers.get("hx-request") === "true";
}

/** A page is mostly markup that repeats itself: packed it is a tenth. Streams and files go as they are. */
async function packed(request: Request, response: Response): Promise<Response> {
  const isPage = response.headers.get("content-type")?.startsWith("text/html");
  if (!isPage || !takesGzip(request)) return response;
  const bytes = new Uint8Array(await response.arrayBuffer());
  const headers = new Headers(response.headers);
  headers.append("vary", "accept-encoding");
  if (bytes.byteLength < leastPacked) return new Response(bytes, { status: response.status, headers });
  headers.set("content-encoding", "gzip");
  return new Response(Bun.gzipSync(bytes, { library: "libdeflate", level: 1 }), {
    status: response.status,
    headers,
  });
}

async function formOf(request: Request): Promise<URLSearchParams> {
  const bytes: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of request.body ?? []) {
    size += chunk.byteLength;
    if (size > mostBodyBytes) throw tooLarge();
    bytes.push(chunk);
  }
  return new URLSearchParams(Buffer.concat(bytes).toString());
}

/** The router gives null for what is not percent-encoded as it should be. */
function readable(params: unknown): Record<string, string> {
  const given = (params ?? {}) as Record<string, string | null>;
  for (const [name, value] of Object.entries(given)) {
    if (typeof value !== "string")
      throw new AppError("invalid_usage", `"${name}" in the address is not encoded`);
  }
  return given as Record<string, string>;
}

function switchedOff(): AppError {
  return new AppError("not_found", "workflows are switched off here (WORKFLOW_ENGINE_ENABLED)");
}

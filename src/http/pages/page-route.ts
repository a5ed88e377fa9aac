import { html as answersHtml } from "@elysiajs/html";
import { Elysia } from "elysia";
import { AppError } from "../../errors.ts";
import { nextTurn } from "../../next-turn.ts";
import { mostBodyBytes, tooLargeError } from "../server/guard.ts";
import { retryWhileLocked } from "../server/retry-while-locked.ts";
import type { Context } from "../server/server-parts.ts";
import { takesGzip } from "../server/takes-gzip.ts";
import { packMarkup, unpackMarkup, type PackedMarkup } from "./packed-markup.ts";
import { createPageCache } from "./page-cache.ts";

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

/** A page or parts of one: markup, and what goes with it. */
export interface Page {
  markup: string | PackedMarkup;
  status: number;
  headers: Record<string, string>;
}

/** What a route answers: a page, or what is none (a stream, a file, another address). */
export type Answer = Page | Response;

type Handler<Call> = (call: Call) => Answer | Promise<Answer>;

/** Text is never taken for markup because it looks like it: only what a handler returns as a `Page` is markup. */
const asMarkup = { autoDetect: false, autoDoctype: false, contentType: "text/html; charset=utf-8" } as const;

export type PageApp = ReturnType<typeof createPageApp>;

/** The part of the application whose routes answer with markup. */
export function createPageApp() {
  return new Elysia({ name: "pages", normalize: false }).use(answersHtml(asMarkup));
}

export interface PageRoutes {
  page(path: string, handle: Handler<PageCall>): void;
  /** A page that follows from the database, the clock and its address alone. */
  kept(path: string, handle: Handler<PageCall>, bringUpToDate?: (context: Context) => void): void;
  form(path: string, handle: Handler<FormCall>): void;
}

/**
 * Routes of pages and of the forms on them. Routes that need the engine are missing while workflows are switched off.
 */
export function pageRoutes(
  app: PageApp,
  context: Context,
  { needEngine }: { needEngine: boolean },
): PageRoutes {
  const pages = createPageCache(context);
  const callOf = (request: Request, params: unknown): PageCall => {
    if (needEngine && !context.engineEnabled) throw switchedOffError();
    return { context, request, url: new URL(request.url), params: readable(params) };
  };
  return {
    page: (path, handle) =>
      void app.get(path, async ({ request, params, html }) =>
        sendAnswer(request, await handle(callOf(request, params)), html),
      ),
    kept: (path, handle, bringUpToDate = () => {}) =>
      void app.get(path, ({ request, params, html }) => {
        const call = callOf(request, params);
        bringUpToDate(context);
        return pages.answer(request, async () => sendAnswer(request, await handle(call), html));
      }),
    form: (path, handle) =>
      void app.post(
        path,
        async ({ request, params, html }) => {
          const call = { ...callOf(request, params), form: await formOf(request) };
          return sendAnswer(request, await retryWhileLocked(() => handle(call)), html);
        },
        { parse: "none" } as never,
      ),
  };
}

export function html(markup: string, status = 200, headers: Record<string, string> = {}): Page {
  return { markup, status, headers };
}

export function redirect(location: string, headers: Record<string, string> = {}): Response {
  return new Response(null, { status: 303, headers: { location, ...headers } });
}

/** True when a script of the page asks, which swaps parts of it. */
export function wantsFragments({ headers }: Pick<Request, "headers">): boolean {
  return headers.get("hx-request") === "true";
}

/** The plugin's own: for text it is always a response. */
type ToResponse = (markup: string) => unknown;

/** A page is mostly repeated markup: compressed it is a tenth. Streams and files are sent as they are. */
async function sendAnswer(request: Request, answer: Answer, toResponse: ToResponse): Promise<Response> {
  if (answer instanceof Response) return answer;
  const { markup, status } = answer;
  const plain = (await toResponse(typeof markup === "string" ? markup : "")) as Response;
  const headers = new Headers({ ...Object.fromEntries(plain.headers), ...answer.headers });
  const isPacked = takesGzip(request);
  if (isPacked) headers.append("vary", "accept-encoding");
  if (typeof markup !== "string") {
    if (isPacked) return sendPacked(markup, status, headers);
    return new Response(await unpackMarkup(markup), { status, headers });
  }
  if (!isPacked) return new Response(plain.body, { status, headers });
  const bytes = new Uint8Array(await plain.arrayBuffer());
  if (bytes.byteLength < leastPacked) return new Response(bytes, { status, headers });
  return sendPacked(packMarkup(bytes), status, headers);
}

function sendPacked({ gzip }: PackedMarkup, status: number, headers: Headers): Response {
  headers.set("content-encoding", "gzip");
  return new Response(gzip, { status, headers });
}

async function formOf(request: Request): Promise<URLSearchParams> {
  const bytes: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of request.body ?? []) {
    size += chunk.byteLength;
    if (size > mostBodyBytes) throw tooLargeError();
    bytes.push(chunk);
  }
  const form = new URLSearchParams(Buffer.concat(bytes).toString());
  // Reading a form with a large text has taken a while, and so may what is done with it.
  await nextTurn();
  return form;
}

/** The router gives null for a parameter that is not percent-encoded correctly. */
function readable(params: unknown): Record<string, string> {
  const given = (params ?? {}) as Record<string, string | null>;
  for (const [name, value] of Object.entries(given)) {
    if (typeof value !== "string")
      throw new AppError("invalid_usage", `"${name}" in the address is not encoded`);
  }
  const { id, ...others } = given as Record<string, string>;
  // A workflow whose id is also the name of a page has its own page behind a ~.
  return id === undefined ? others : { ...others, id: id.replace(/^~/, "") };
}

function switchedOffError(): AppError {
  return new AppError("not_found", "workflows are switched off here (WORKFLOW_ENGINE_ENABLED)");
}

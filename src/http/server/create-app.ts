import { Elysia } from "elysia";
import { endpoints } from "../api/endpoints.ts";
import { mountEndpoints } from "../api/mount.ts";
import { mountDocuments } from "../api/documents.ts";
import { allowedMethods } from "./allowed-methods.ts";
import { addressOf, pathOf } from "./address.ts";
import { assetUrl, mountAssets } from "./assets.ts";
import { createFeed } from "../stream/feed.ts";
import { guard, type Door } from "./guard.ts";
import { safetyHeaders } from "./headers.ts";
import { mountLogin } from "./login.ts";
import { wantsFragments } from "../pages/page-route.ts";
import { pages, problemPage } from "../pages/pages.ts";
import { bugProblem, HttpError, problemOf, problemResponse } from "./problem.ts";
import { createRateLimit } from "./rate-limit.ts";
import { recordFailure, recordRefusal, traceOf } from "./record-failure.ts";
import { createSessions } from "./sessions.ts";
import type { Context, ServerParts } from "./server-parts.ts";

/** The whole application, which listens nowhere by itself. */
export interface App {
  elysia: Elysia;
  handle(request: Request): Promise<Response>;
  context: Context;
  /** Ends every stream. Requests are answered on. */
  close(): void;
}

const wrongTokens = { most: 10, windowMs: 60_000 };
const plainStyles = ["css/tokens.css", "css/base.css", "css/plain.css"];

export function createApp(parts: ServerParts): App {
  const { store, engine, access, metrics } = parts;
  const feed = createFeed(store, engine);
  const sessions = createSessions(store, access.token);
  const context: Context = { ...parts, feed, sessions, engineTrouble: engine.trouble, starting: new Map() };
  const limit = createRateLimit(wrongTokens.most, wrongTokens.windowMs, Date.now);
  const app = new Elysia({ normalize: false }) as unknown as Elysia;
  const sentAs = new WeakMap<Request, Request>();
  const clientOf = (request: Request): string =>
    app.server?.requestIP(sentAs.get(request) ?? request)?.address ?? "local";
  const doorOf = (request: Request): Door => ({
    access,
    limit,
    client: clientOf(request),
    hasSession: (asking) => sessions.of(asking) !== null,
  });
  const handle = async (request: Request): Promise<Response> => {
    if (request.method !== "HEAD") return app.handle(request);
    const asGet = new Request(request, { method: "GET" });
    sentAs.set(asGet, request);
    return headOf(await app.handle(asGet));
  };

  app.onRequest(({ request, set }) => {
    Object.assign(set.headers, safetyHeaders, { "x-trace-id": traceOf(request) });
    guard(request, pathOf(request), doorOf(request));
  });
  app.onError(({ error, code, request, set }) => {
    const response = answerFailure(code === "NOT_FOUND" ? noRoute(app, request) : error, request, context);
    // onAfterResponse, which counts, does not get the answer itself.
    set.status = response.status;
    return response;
  });
  app.onAfterResponse(({ request, responseValue, set }) => {
    const status = responseValue instanceof Response ? responseValue.status : Number(set.status ?? 200);
    metrics.request((sentAs.get(request) ?? request).method, status);
    recordRefusal(request, status, parts);
  });
  mountEndpoints(app, endpoints, context);
  const styles = plainStyles.map(assetUrl);
  mountDocuments(app, { endpoints, metrics: () => metrics.text(feed.readers()), styles });
  mountAssets(app);
  mountLogin(app, { context, doorOf, styles, isHead: (request) => sentAs.has(request) });
  app.use(pages(context));
  const close = (): void => {
    sessions.close();
    feed.close();
  };
  return { elysia: app, handle, context, close };
}

/** Elysia would read any answer to its end to tell its length, which a stream has not. */
async function headOf({ status, headers, body }: Response): Promise<Response> {
  const isWhole =
    !headers.get("content-type")?.startsWith("text/event-stream") && !headers.has("content-disposition");
  if (isWhole && body) headers.set("content-length", String((await new Response(body).bytes()).byteLength));
  else await body?.cancel();
  return new Response(null, { status, headers });
}

function answerFailure(error: unknown, request: Request, context: Context): Response {
  recordFailure({ error, request, context });
  const problem = problemOf(error) ?? bugProblem();
  const traceId = traceOf(request);
  const address = addressOf(request);
  if (address.startsWith("/api/")) return problemResponse(problem, traceId);
  const wantsPage = (request.headers.get("accept") ?? "").includes("text/html");
  if (problem.status === 401 && (wantsPage || wantsFragments(request))) return toLogin(request, address);
  if (!wantsPage) return problemResponse(problem, traceId);
  return problemPage(problem, traceId, context, request) ?? problemResponse(problem, traceId);
}

/** Redirects to the login, and from there back to the page. A script that swaps parts of its page must leave it. */
function toLogin(request: Request, address: string): Response {
  const { method, headers } = request;
  const isPart = wantsFragments(request);
  const from = isPart ? headers.get("hx-current-url") : headers.get("referer");
  const isPage = (method === "GET" || method === "HEAD") && !isPart;
  const page = isPage ? address : URL.canParse(from ?? "") ? addressOf({ url: String(from) }) : "/";
  const location = `/login?to=${encodeURIComponent(page)}`;
  if (isPart) return new Response(null, { status: 401, headers: { "hx-redirect": location } });
  return new Response(null, { status: 303, headers: { location } });
}

function noRoute(app: Elysia, request: Request): HttpError {
  const { method } = request;
  const path = pathOf(request).slice(0, 200);
  const allowed = allowedMethods(app.routes, pathOf(request));
  if (allowed.length === 0) return new HttpError(404, "not_found", `there is no "${method} ${path}"`);
  const list = allowed.join(", ");
  return new HttpError(405, "method_not_allowed", `"${path}" takes ${list}, not ${method}`, { allow: list });
}

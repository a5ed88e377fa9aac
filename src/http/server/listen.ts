import { AppError } from "../../errors.ts";
import type { Access } from "./access.ts";
import { pathOf } from "./address.ts";
import type { App } from "./create-app.ts";
import { guard } from "./guard.ts";
import { safetyHeaders } from "./headers.ts";
import { health } from "./health.ts";
import type { Metrics } from "./metrics.ts";
import { problemOf, problemResponse, type Problem } from "./problem.ts";
import { createRateLimit } from "./rate-limit.ts";

/** A server that has its port. Until its application is loaded it answers health checks and lets all others wait. */
export interface ListeningServer {
  /** Where a browser on this machine finds it. */
  url: string;
  /** The application, which takes most of a server's memory, is loaded by the first request that needs it. */
  serve(load: () => Promise<App>, metrics: Metrics): void;
  /** Accepts nothing more, ends streams, waits for pending answers and then cuts them off. */
  stop(patienceMs: number): Promise<void>;
}

export interface Place {
  host: string;
  port: number;
  access: Access;
}

/** A connection on which nothing moves is closed. Streams have a heartbeat. */
const idleSeconds = 120;

/** Throws `AppError("unavailable")` that says who has the port, where that can be known. */
export async function listen({ host, port, access }: Place): Promise<ListeningServer> {
  let app: App | null = null;
  let metrics: Metrics | null = null;
  const loader = Promise.withResolvers<(() => Promise<App>) | null>();
  let loading: Promise<App | null> | null = null;
  const loadApp = async (): Promise<App | null> => {
    app = (await (await loader.promise)?.()) ?? null;
    if (app) app.elysia.server = server;
    return app;
  };
  const answer = (request: Request): Promise<Response> | Response => {
    if (app) return app.handle(request);
    const early = earlyAnswer(request, access);
    if (early) {
      metrics?.request(request.method, early.status);
      return early;
    }
    loading ??= loadApp();
    return loading.then((late) => late?.handle(request) ?? answerNeverStarted());
  };
  const server = await openServer(host, port, answer);
  const name = host === "0.0.0.0" || host === "::" ? "localhost" : host.includes(":") ? `[${host}]` : host;
  return {
    url: `http://${name}:${server.port}`,
    serve: (load, counts) => {
      metrics = counts;
      loader.resolve(load);
    },
    stop: async (patienceMs) => {
      loader.resolve(null);
      void loading?.then((late) => late?.close());
      const graceful = server.stop(false);
      const late = Promise.withResolvers<"late">();
      const timer = setTimeout(() => late.resolve("late"), patienceMs);
      if ((await Promise.race([graceful, late.promise])) === "late") await server.stop(true);
      clearTimeout(timer);
    },
  };
}

/** Answers whether the process runs before the application is loaded; null for any other request. */
function earlyAnswer(request: Request, access: Access): Response | null {
  const path = pathOf(request);
  if (path !== "/api/v1/health" || request.method !== "GET") return null;
  try {
    const limit = createRateLimit(1, 1, Date.now);
    guard(request, path, { access, limit, client: "", hasSession: () => false });
    return addHeaders(Response.json(health()), Bun.randomUUIDv7());
  } catch (error) {
    const problem = problemOf(error);
    if (!problem) throw error;
    return answerProblem(problem);
  }
}

/** The answer to requests that waited for an application that never came. */
function answerNeverStarted(): Response {
  const message = "the server ends before it has begun. its output says why";
  return answerProblem({ status: 503, code: "unavailable", message, details: [], headers: {} });
}

function answerProblem(problem: Problem): Response {
  const traceId = Bun.randomUUIDv7();
  return addHeaders(problemResponse(problem, traceId), traceId);
}

function addHeaders(response: Response, traceId: string): Response {
  for (const [name, value] of Object.entries(safetyHeaders)) response.headers.set(name, value);
  response.headers.set("x-trace-id", traceId);
  return response;
}

async function openServer(
  host: string,
  port: number,
  answer: (request: Request) => Promise<Response> | Response,
): Promise<Bun.Server<undefined>> {
  try {
    return Bun.serve({
      hostname: host,
      port,
      idleTimeout: idleSeconds,
      // The guard and the readers of bodies refuse large requests in our form; the server's own refusal has none.
      maxRequestBodySize: Number.MAX_SAFE_INTEGER,
      development: false,
      // Without this option two servers would share a port.
      reusePort: false,
      fetch: answer,
    });
  } catch (error) {
    throw await asUnavailable(error, host, port);
  }
}

async function asUnavailable(error: unknown, host: string, port: number): Promise<unknown> {
  const code = error instanceof Error && "code" in error ? error.code : null;
  if (code === "EADDRINUSE") {
    const who = (await isOurs(host, port)) ? "another skillmeat serve" : "another program";
    return new AppError("unavailable", `port ${port} of ${host} is used by ${who}. give another with --port`);
  }
  if (typeof code === "string") {
    return new AppError(
      "unavailable",
      `the server cannot listen on ${host}:${port} (${code}). give another with --host or --port`,
    );
  }
  return error;
}

async function isOurs(host: string, port: number): Promise<boolean> {
  const name = host === "0.0.0.0" ? "127.0.0.1" : host.includes(":") ? `[${host}]` : host;
  try {
    const answer = await fetch(`http://${name}:${port}/api/v1/health`, { signal: AbortSignal.timeout(1000) });
    const said = (await answer.json()) as { name?: unknown };
    return said.name === "skillmeat";
  } catch {
    // Whatever it is, it does not answer as skillmeat does.
    return false;
  }
}

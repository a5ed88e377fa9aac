import { AppError } from "../errors.ts";
import { mostBodyBytes } from "./guard.ts";
import type { App } from "./create-app.ts";

/** A server that answers. */
export interface Listening {
  /** Where a browser on this machine finds it. */
  url: string;
  /** Accepts nothing more, ends streams, waits for answers that are on their way and then cuts them off. */
  stop(patienceMs: number): Promise<void>;
}

/** The server gives the 413 itself, in our form; only what is beyond every measure is cut off before. */
const mostReadBytes = 16 * mostBodyBytes;
/** A connection on which nothing moves is closed. Streams have a heartbeat. */
const idleSeconds = 120;

/** Throws `AppError("unavailable")` that says who has the port, where that can be known. */
export async function listen(app: App, { host, port }: { host: string; port: number }): Promise<Listening> {
  try {
    app.elysia.listen({
      hostname: host,
      port,
      idleTimeout: idleSeconds,
      maxRequestBodySize: mostReadBytes,
      development: false,
      // Elysia would share a port that another has.
      reusePort: false,
    });
  } catch (error) {
    throw await asUnavailable(error, host, port);
  }
  const { server } = app.elysia;
  if (!server) throw new Error("the server has begun to listen and is not there");
  const name = host === "0.0.0.0" || host === "::" ? "localhost" : host.includes(":") ? `[${host}]` : host;
  return {
    url: `http://${name}:${server.port}`,
    stop: async (patienceMs) => {
      app.close();
      const graceful = server.stop(false);
      const late = Promise.withResolvers<"late">();
      const timer = setTimeout(() => late.resolve("late"), patienceMs);
      if ((await Promise.race([graceful, late.promise])) === "late") await server.stop(true);
      clearTimeout(timer);
    },
  };
}

async function asUnavailable(error: unknown, host: string, port: number): Promise<unknown> {
  const code = error instanceof Error && "code" in error ? error.code : null;
  if (code === "EADDRINUSE") {
    const who = (await isOurs(host, port)) ? "another skillmeat serve" : "another program";
    return new AppError("unavailable", `port ${port} of ${host} is held by ${who}. give another with --port`);
  }
  if (code === "EACCES" || code === "EADDRNOTAVAIL") {
    return new AppError(
      "unavailable",
      `${host}:${port} cannot be listened on (${code}). give another with --host or --port`,
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
    // Whatever it is, it does not speak as we do.
    return false;
  }
}

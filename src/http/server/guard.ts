import type { Access, Token } from "./access.ts";
import { HttpError } from "./problem.ts";
import type { RateLimit } from "./rate-limit.ts";

export const mostBodyBytes = 2 * 1024 * 1024;

/** What the guard knows besides the request. */
export interface Door {
  access: Access;
  /** Counts wrong tokens. */
  limit: RateLimit;
  /** Who asks, for the count. */
  client: string;
  hasSession: (request: Request) => boolean;
}

/** Paths that need no session: probes, and what the login page needs. */
const openPaths = /^\/(api\/v1\/(health|ready)|login|assets\/.+|favicon\.ico)$/;

/**
 * Throws `HttpError` for a request that may not come in: a foreign Host (a page whose name was made to point here), a
 * foreign Origin (another site's script or form), no token where one is needed, too many wrong ones, too large a body.
 */
export function guard(request: Request, path: string, door: Door): void {
  const { access } = door;
  const host = request.headers.get("host") ?? hostOf(request.url) ?? "";
  if (!access.answersTo(hostName(host)) || !URL.canParse(`http://${host}`)) {
    throw new HttpError(403, "forbidden", `this server does not answer to the host "${clip(host)}"`);
  }
  refuseForeignOrigin(request, host);
  if (Number(request.headers.get("content-length") ?? 0) > mostBodyBytes) throw tooLargeError();
  if (access.token && !openPaths.test(path)) requireToken(request, access.token, door);
}

export function tooLargeError(): HttpError {
  return new HttpError(413, "too_large", "the body is too large. it may have 2 MiB at most");
}

function tooManyFailures(seconds: number): HttpError {
  const message = `too many wrong tokens. try again in ${seconds} s`;
  return new HttpError(429, "too_many_requests", message, { "retry-after": String(seconds) });
}

/** `localhost:8787` → `localhost`, `[::1]:8787` → `[::1]`. */
export function hostName(host: string): string {
  return host.replace(/:\d+$/, "");
}

function refuseForeignOrigin(request: Request, host: string): void {
  const origin = request.headers.get("origin");
  const isForeign = origin !== null && hostOf(origin) !== host.toLowerCase();
  // Without an Origin a browser still says where a request comes from. Following a link changes nothing.
  const site = request.headers.get("sec-fetch-site");
  const mayChange = request.method !== "GET" && request.method !== "HEAD";
  const isCrossSite = mayChange && (site === "cross-site" || site === "same-site");
  if (isForeign || isCrossSite) {
    throw new HttpError(403, "forbidden", `requests from ${clip(origin ?? "another site")} are refused`);
  }
}

function hostOf(url: string): string | null {
  return URL.canParse(url) ? new URL(url).host.toLowerCase() : null;
}

function requireToken(request: Request, token: Token, door: Door): void {
  const bearer = /^Bearer +(.+)$/i.exec(request.headers.get("authorization") ?? "")?.[1];
  if (bearer !== undefined) return checkToken(bearer, token, door);
  if (door.hasSession(request)) return;
  throw unauthorizedError("this server needs a token. send it as: Authorization: Bearer …");
}

/**
 * Throws `HttpError` for a wrong token, and after many wrong ones also for the right one where it can be guessed. One
 * that cannot is let in always: else anybody on the machine could lock its owner out.
 */
export function checkToken(
  given: string,
  token: Token,
  { limit, client }: Omit<Door, "access" | "hasSession">,
): void {
  const isRight = token.matches(given);
  const seconds = limit.waitSeconds(client);
  if (isRight && (token.isRandom || seconds === 0)) return;
  if (seconds > 0) throw tooManyFailures(seconds);
  limit.fail(client);
  throw unauthorizedError("the token is not this server's");
}

function unauthorizedError(message: string): HttpError {
  return new HttpError(401, "unauthorized", message, { "www-authenticate": "Bearer" });
}

function clip(text: string): string {
  return text.length > 100 ? `${text.slice(0, 100)}…` : text;
}

import type { Access } from "./access.ts";
import { HttpError } from "./problem.ts";
import type { RateLimit } from "./rate-limit.ts";

export const sessionCookie = "skillmeat_session";
export const mostBodyBytes = 2 * 1024 * 1024;

/** Where whoever has no session is still let in: probes, and what the login page needs. */
const openPaths = /^\/(api\/v1\/(health|ready)|login|assets\/.+|favicon\.ico)$/;

/**
 * Throws `HttpError` for a request that may not come in: a foreign Host (a page whose name was made to point here), a
 * foreign Origin (another site's script or form), no token where one is needed, too many wrong ones, too large a body.
 */
export function guard(
  request: Request,
  path: string,
  { access, limit, client }: { access: Access; limit: RateLimit; client: string },
): void {
  const host = request.headers.get("host") ?? hostOf(request.url) ?? "";
  if (!access.answersTo(hostName(host)) || !URL.canParse(`http://${host}`)) {
    throw new HttpError(403, "forbidden", `this server does not answer to the host "${clip(host)}"`);
  }
  refuseForeignOrigin(request, host);
  if (Number(request.headers.get("content-length") ?? 0) > mostBodyBytes) throw tooLarge();
  if (access.token && !openPaths.test(path)) requireToken(request, access, limit, client);
}

export function tooLarge(): HttpError {
  return new HttpError(413, "too_large", "the body is too large. it may have 2 MiB at most");
}

export function tooManyFailures(seconds: number): HttpError {
  const message = `too many wrong tokens. try again in ${seconds} s`;
  return new HttpError(429, "too_many_requests", message, { "retry-after": String(seconds) });
}

/** `localhost:8787` → `localhost`, `[::1]:8787` → `[::1]`. */
export function hostName(host: string): string {
  return host.replace(/:\d+$/, "");
}

/** The session of the cookie header; null when there is none. */
export function cookieOf(request: Request, name: string): string | null {
  for (const part of (request.headers.get("cookie") ?? "").split(";")) {
    const at = part.indexOf("=");
    if (part.slice(0, at).trim() === name) return part.slice(at + 1).trim();
  }
  return null;
}

function refuseForeignOrigin(request: Request, host: string): void {
  const origin = request.headers.get("origin");
  const isForeign = origin !== null && hostOf(origin) !== host.toLowerCase();
  // Without an Origin a browser still says where a request comes from. A link that is followed by hand changes nothing.
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

function requireToken(request: Request, access: Access, limit: RateLimit, client: string): void {
  const { token } = access;
  if (!token) return;
  const session = cookieOf(request, sessionCookie);
  if (session !== null && token.isSession(session, Date.now())) return;
  const bearer = /^Bearer (.+)$/i.exec(request.headers.get("authorization") ?? "")?.[1];
  if (bearer === undefined)
    throw unauthorized("this server needs a token. send it as: Authorization: Bearer …");
  const seconds = limit.waitSeconds(client);
  if (seconds > 0) throw tooManyFailures(seconds);
  if (token.matches(bearer)) return limit.forget(client);
  limit.fail(client);
  throw unauthorized("the token is not this server's");
}

function unauthorized(message: string): HttpError {
  return new HttpError(401, "unauthorized", message, { "www-authenticate": "Bearer" });
}

function clip(text: string): string {
  return text.length > 100 ? `${text.slice(0, 100)}…` : text;
}

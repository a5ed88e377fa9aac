import { describe, expect, test } from "bun:test";
import { accessFor } from "./access.ts";
import { cookieOf } from "./cookie.ts";
import { guard } from "./guard.ts";
import { HttpError } from "./problem.ts";
import { createRateLimit } from "./rate-limit.ts";

const token = "0123456789abcdef";

function outcome(
  headers: Record<string, string>,
  {
    bind = "127.0.0.1",
    path = "/api/v1/workflows",
    method = "GET",
    limit = createRateLimit(3, 1000, () => 0),
    isRandom = false,
    session = "",
  } = {},
): number {
  const secret = bind === "127.0.0.1" ? null : { text: token, isRandom };
  try {
    const request = new Request(`http://localhost${path}`, { method, headers });
    const hasSession = (): boolean => session !== "" && cookieOf(request, "session") === session;
    guard(request, path, { access: accessFor(bind, secret), limit, client: "someone", hasSession });
    return 200;
  } catch (error) {
    if (!(error instanceof HttpError)) throw error;
    return error.status;
  }
}

describe("a server on the loopback", () => {
  test.each([
    ["localhost:8787", 200],
    ["127.0.0.1:8787", 200],
    ["[::1]:8787", 200],
    ["LOCALHOST", 200],
    ["evil.example:8787", 403],
    ["localhost.evil.example", 403],
    ["192.168.0.7:8787", 403],
    ["127.0.0.1.nip.io", 403],
    ["", 403],
  ])("answers to the host %s with %i", (host, status) => {
    expect(outcome({ host })).toBe(status);
  });

  test.each([
    ["http://localhost:8787", "localhost:8787", 200],
    ["http://127.0.0.1:8787", "localhost:8787", 403],
    ["http://localhost:9999", "localhost:8787", 403],
    ["https://evil.example", "localhost:8787", 403],
    ["null", "localhost:8787", 403],
    ["nonsense", "localhost:8787", 403],
  ])("takes the origin %s to %s with %i", (origin, host, status) => {
    expect(outcome({ host, origin }, { method: "POST" })).toBe(status);
    expect(outcome({ host, origin })).toBe(status);
  });

  test.each([
    ["cross-site", "POST", 403],
    ["same-site", "DELETE", 403],
    ["same-origin", "POST", 200],
    ["none", "POST", 200],
    ["cross-site", "GET", 200],
  ])("without an origin, a browser's %s %s is %i", (site, method, status) => {
    expect(outcome({ host: "localhost", "sec-fetch-site": site }, { method })).toBe(status);
  });

  test("refuses a body that says it is too large, before it is read", () => {
    expect(outcome({ host: "localhost", "content-length": "3000000" }, { method: "POST" })).toBe(413);
  });
});

describe("a server others can reach", () => {
  const bind = "0.0.0.0";
  const host = "192.168.0.7:8787";
  const bearer = (text: string) => ({ host, authorization: `Bearer ${text}` });

  test("answers to addresses and its own name, not to any name", () => {
    expect(outcome(bearer(token), { bind })).toBe(200);
    expect(outcome({ ...bearer(token), host: "rebound.example" }, { bind })).toBe(403);
  });

  test.each([
    ["no token", {}, 401],
    ["a wrong token", { authorization: "Bearer fedcba9876543210" }, 401],
    ["the token", { authorization: `Bearer ${token}` }, 200],
    ["the token in another scheme", { authorization: `Basic ${token}` }, 401],
    ["the token, its scheme in other letters", { authorization: `bEARER  ${token}` }, 200],
    ["the token with something after it", { authorization: `Bearer ${token}x` }, 401],
    ["a part of the token", { authorization: `Bearer ${token.slice(0, 15)}` }, 401],
    ["a very long token", { authorization: `Bearer ${token.repeat(5000)}` }, 401],
    ["the token alone", { authorization: token }, 401],
    ["the token in a cookie", { cookie: `token=${token}; session=${token}` }, 401],
  ])("%s is answered as it should", (_, headers, status) => {
    expect(outcome({ host, ...headers }, { bind })).toBe(status);
  });

  test("the token in the address is no token, wherever it stands", () => {
    for (const query of [`token=${token}`, `access_token=${token}`, `t=${token}`]) {
      expect(outcome({ host }, { bind, path: `/api/v1/workflows?${query}` })).toBe(401);
    }
  });

  test("lets a session in, but not beside a wrong token; other schemes are not looked at", () => {
    const cookie = { host, cookie: "a=b; session=mine" };
    expect(outcome(cookie, { bind, session: "mine" })).toBe(200);
    expect(outcome(cookie, { bind, session: "other" })).toBe(401);
    expect(outcome({ ...cookie, authorization: "Bearer wrong" }, { bind, session: "mine" })).toBe(401);
    expect(outcome({ ...cookie, authorization: "Basic YTpi" }, { bind, session: "mine" })).toBe(200);
  });

  test.each(["HEAD", "OPTIONS", "TRACE", "DELETE", "PROPFIND"])("a %s needs the token too", (method) => {
    expect(outcome({ host }, { bind, method })).toBe(401);
    expect(outcome({ ...bearer(token) }, { bind, method })).toBe(200);
  });

  test.each([
    "/metrics",
    "/api/v1/docs",
    "/api/v1/health/",
    "/api/v1/healthy",
    "/API/v1/health",
    "/x/login",
    "/login/x",
    "/logout",
    "/assets",
    "/live",
    "//login",
    "/api/v1/events/stream",
  ])("keeps %s closed", (path) => {
    expect(outcome({ host }, { bind, path })).toBe(401);
  });

  test.each(["/api/v1/health", "/api/v1/ready", "/login", "/assets/abc/css/base.css"])(
    "leaves %s open",
    (path) => {
      expect(outcome({ host }, { bind, path })).toBe(200);
    },
  );

  test("after three wrong tokens even the right one has to wait, unless nobody could guess it; then it counts anew", () => {
    let now = 0;
    const limit = createRateLimit(3, 1000, () => now);
    for (const wrong of ["a", "b", "c"]) expect(outcome(bearer(wrong), { bind, limit })).toBe(401);
    expect(outcome(bearer(token), { bind, limit })).toBe(429);
    expect(outcome(bearer(token), { bind, limit, isRandom: true })).toBe(200);
    expect(outcome(bearer("d"), { bind, limit, isRandom: true })).toBe(429);
    now = 1001;
    expect(outcome(bearer(token), { bind, limit })).toBe(200);
  });
});

import { afterAll, describe, expect, test } from "bun:test";
import { aTestServer, type TestServer } from "../../testing/test-server.ts";
import { accessFor } from "./access.ts";
import { makeLoginLink } from "./login-link.ts";

const token = "0123456789abcdef0123456789abcdef";
const access = accessFor("127.0.0.1", { text: token, isRandom: false });
const html = { accept: "text/html" };
const bearer = { authorization: `Bearer ${token}` };

const server = await aTestServer({ access });
afterAll(() => server.close());

/** What a browser would send from now on; the cookie is the answer's. */
async function loggedIn(on: TestServer = server): Promise<Record<string, string>> {
  const answer = await on.ask("GET", pathOf(makeLoginLink(on.store, "http://localhost", Date.now())));
  const cookie = answer.headers.get("set-cookie") ?? "";
  return { cookie: cookie.slice(0, cookie.indexOf(";")) };
}

function pathOf(link: string): string {
  return `/${link.slice("http://localhost".length)}`;
}

function postLogin(given: string, more: Record<string, string> = {}, to = "/workflows") {
  const text = String(new URLSearchParams({ token: given, to }));
  const type = "application/x-www-form-urlencoded";
  const headers = { "content-type": type, "content-length": String(text.length), ...more };
  return server.ask("POST", "//login", { text, headers });
}

describe("a login by link", () => {
  test("works once, leads on without the secret, and its cookie is for the server alone", async () => {
    const link = pathOf(makeLoginLink(server.store, "http://localhost", Date.now()));
    const { status, headers } = await server.ask("GET", link);
    expect([status, headers.get("location")]).toEqual([303, "/"]);
    expect(headers.get("referrer-policy")).toBe("no-referrer");
    expect(headers.get("set-cookie")).toMatch(
      /^skillmeat_session=[\w-]{43}; Path=\/; Max-Age=2592000; HttpOnly; SameSite=Lax$/,
    );
    const again = await server.ask("GET", link);
    expect([again.status, again.headers.get("location")]).toEqual([303, "/login?stale=1&to=%2F"]);
    expect(again.headers.get("set-cookie")).toBeNull();
  });

  test("works for ten minutes", async () => {
    const minute = 60_000;
    const at = (ago: number) => pathOf(makeLoginLink(server.store, "http://localhost", Date.now() - ago));
    const [fresh, late] = [at(9 * minute), at(10 * minute)];
    expect((await server.ask("GET", late)).headers.get("location")).toContain("stale=1");
    expect((await server.ask("GET", fresh)).headers.get("location")).toBe("/");
  });

  test.each([
    ["HEAD", {}],
    ["GET", { "sec-purpose": "prefetch;prerender" }],
    ["GET", { purpose: "prefetch" }],
  ])("is not used up by whoever looks ahead: %s %p", async (method, headers) => {
    const link = pathOf(makeLoginLink(server.store, "http://localhost", Date.now()));
    const looked = await server.ask(method, link, { headers });
    expect([looked.status, looked.headers.get("set-cookie")]).toEqual([200, null]);
    expect((await server.ask("GET", link)).headers.get("set-cookie")).toContain("skillmeat_session=");
  });

  test("does not lead away from the server, nor take a link of another kind", async () => {
    const link = pathOf(makeLoginLink(server.store, "http://localhost", Date.now()));
    for (const to of ["https://evil.example", "//evil.example", "/\\evil.example", "javascript:alert(1)"]) {
      const wrong = await server.ask("GET", `//login?t=wrong&to=${encodeURIComponent(to)}`);
      expect(wrong.headers.get("location")).toBe("/login?stale=1&to=%2F");
    }
    expect((await server.ask("GET", `${link}&to=/approvals`)).headers.get("location")).toBe("/approvals");
    expect((await server.ask("GET", `//login?t=${token}`)).headers.get("set-cookie")).toBeNull();
  });
});

describe("a session", () => {
  test("is a row with a hash; logging out ends it for whoever has kept the cookie", async () => {
    const headers = await loggedIn();
    const value = String(headers["cookie"]).split("=")[1] ?? "";
    expect((await server.ask("GET", "/workflows", { headers })).status).toBe(200);
    const rows = JSON.stringify(server.store.sqlite.query("SELECT * FROM web_sessions").all());
    expect([rows.includes(value), rows.includes(token)]).toEqual([false, false]);
    const out = await server.ask("POST", "//logout", { headers });
    expect([out.status, out.headers.get("location")]).toEqual([303, "/login"]);
    expect(out.headers.get("set-cookie")).toContain("skillmeat_session=; Path=/; Max-Age=0");
    expect((await server.ask("GET", "/workflows", { headers })).status).toBe(401);
  });

  test("ends its streams with it, and those of no other session", async () => {
    const [mine, other] = [await loggedIn(), await loggedIn()];
    const open = async (headers: Record<string, string>, path: string) =>
      (await server.ask("GET", path, { headers })).response;
    const live = await open(mine, "//live?after=0");
    const feed = await open(mine, "/events/stream");
    const others = await open(other, "//live?after=0");
    const byToken = await open(bearer, "/events/stream");
    await server.ask("POST", "//logout", { headers: mine });
    expect(await live.text()).toEndWith("event: logged-out\ndata: now\n\n");
    expect(await feed.text()).not.toContain("event:");
    const readers = async () => (await server.ask("GET", "//metrics", { headers: bearer })).body;
    expect(await readers()).toContain("skillmeat_sse_readers 2\n");
    await server.ask("POST", "//settings/sessions/end-others", { headers: bearer });
    expect(await others.text()).toEndWith("event: logged-out\ndata: now\n\n");
    expect(await readers()).toContain("skillmeat_sse_readers 1\n");
    await byToken.body?.cancel();
    expect(await readers()).toContain("skillmeat_sse_readers 0\n");
  });

  test("that ends while a stream is being opened ends it too", async () => {
    const headers = await loggedIn();
    const opening = server.ask("GET", "/events/stream", { headers });
    const out = server.ask("POST", "//logout", { headers });
    const { status, response } = await opening;
    await out;
    if (status === 200) expect(await response.text()).not.toContain("event:");
    else expect(status).toBe(401);
  });

  test("is of one token: a server with another one does not know it, and does not show it", async () => {
    const headers = await loggedIn();
    const next = await aTestServer({
      store: server.store,
      engine: server.engine,
      access: accessFor("127.0.0.1", { text: `another ${token}`, isRandom: false }),
    });
    expect((await next.ask("GET", "/workflows", { headers })).status).toBe(401);
    expect(next.app.context.sessions.list()).toEqual([]);
    next.app.close();
  });

  test("cannot be chosen by who plants a cookie, and a planted one beside it does no harm", async () => {
    const planted = "skillmeat_session=planted-by-another-port-of-this-host";
    const before = await postLogin(token, { cookie: planted });
    expect(before.headers.get("set-cookie")).not.toContain("planted");
    const { cookie = "" } = await loggedIn();
    const both = { headers: { cookie: `${planted}; ${cookie}` } };
    expect((await server.ask("GET", "/workflows", both)).status).toBe(200);
    const hash = server.store.sqlite.query<{ hash: string }, []>("SELECT hash FROM web_sessions").get()?.hash;
    const hashed = { headers: { cookie: `skillmeat_session=${hash}` } };
    expect((await server.ask("GET", "/workflows", hashed)).status).toBe(401);
  });

  test("has a cookie of its own at each port, since browsers do not tell ports apart", async () => {
    const link = pathOf(makeLoginLink(server.store, "http://localhost", Date.now()));
    const answer = await server.ask("GET", link, { headers: { host: "localhost:8787" } });
    expect(answer.headers.get("set-cookie")).toStartWith("skillmeat_session_8787=");
  });
});

describe("the login page", () => {
  test("takes the token and leads back to where one came from", async () => {
    const asked = await server.ask("GET", "//workflows?search=a b", { headers: html });
    expect(asked.headers.get("location")).toBe("/login?to=%2Fworkflows%3Fsearch%3Da%2520b");
    const { status, headers } = await postLogin(token, {}, "/workflows?search=a%20b");
    expect([status, headers.get("location")]).toEqual([303, "/workflows?search=a%20b"]);
    const cookie = headers.get("set-cookie") ?? "";
    const again = await server.ask("GET", "//login?to=/approvals", { headers: { ...html, cookie } });
    expect([again.status, again.headers.get("location")]).toEqual([303, "/approvals"]);
  });

  test("says what is wrong without the token in it, and makes who tries too often wait", async () => {
    const locked = await aTestServer({ access });
    const post = (given: string) =>
      locked.ask("POST", "//login", {
        text: `token=${given}`,
        headers: { "content-length": String(given.length + 6) },
      });
    for (let tries = 0; tries < 10; tries++) {
      const { status, body } = await post("a-wrong-token");
      expect([status, body.includes("a-wrong-token")]).toEqual([401, false]);
      expect(body).toContain("not this server");
    }
    const { status, headers, body } = await post(token);
    expect([status, Number(headers.get("retry-after")) > 0]).toEqual([429, true]);
    expect(body).toContain("Too many wrong tokens");
    expect((await locked.ask("GET", "/workflows", { headers: bearer })).status).toBe(429);
    await locked.close();
  });

  test("may be referred from: its form must come with an origin of its own", async () => {
    const { headers } = await server.ask("GET", "//login", { headers: html });
    expect(headers.get("referrer-policy")).toBe("same-origin");
    expect((await postLogin(token, { origin: "null" })).status).toBe(403);
    expect((await postLogin(token, { origin: "http://localhost" })).status).toBe(303);
  });

  test("refuses a form that is too large, or from another site", async () => {
    expect((await postLogin("x".repeat(5000))).status).toBe(413);
    expect((await postLogin(token, { origin: "http://evil.example" })).status).toBe(403);
    expect((await postLogin(token, { "sec-fetch-site": "cross-site" })).status).toBe(403);
  });

  test("is where a script's page is led to, back to the page and not to what the script asked for", async () => {
    const page = { "hx-request": "true", "hx-current-url": "http://localhost/workflows/x?tab=log" };
    const { status, headers } = await server.ask("POST", "//settings/theme", { headers: page });
    expect([status, headers.get("hx-redirect")]).toEqual([401, "/login?to=%2Fworkflows%2Fx%3Ftab%3Dlog"]);
    const form = await server.ask("POST", "//settings", {
      headers: { ...html, referer: "http://localhost/settings" },
    });
    expect([form.status, form.headers.get("location")]).toEqual([303, "/login?to=%2Fsettings"]);
  });
});

test("without a token there is no login: it leads on", async () => {
  const open = await aTestServer();
  expect((await open.ask("GET", "//login?to=/approvals")).headers.get("location")).toBe("/approvals");
  expect((await open.ask("POST", "//logout")).headers.get("location")).toBe("/login");
  expect((await open.ask("GET", "//settings", { headers: html })).body).toContain("asks for no token");
  await open.close();
});

import { afterAll, describe, expect, test } from "bun:test";
import { truncateSync } from "node:fs";
import { join } from "node:path";
import { damageTable } from "../../testing/damage-table.ts";
import { readEvents } from "../../testing/read-events.ts";
import { aTestServer } from "../../testing/test-server.ts";

describe("a server whose database is damaged while it runs", async () => {
  const server = await aTestServer();
  afterAll(() => server.close());

  test("answers 503, and its log has the reason under the answer's trace id", async () => {
    truncateSync(join(server.home, "workflows.db"), 0);
    const { status, body, headers } = await server.ask("GET", "/workflows");
    expect([status, body.error.code]).toEqual([503, "unavailable"]);
    expect(server.logged).toEqual([
      expect.objectContaining({
        level: "error",
        event: "database_failed",
        trace_id: headers.get("x-trace-id"),
        path: "/api/v1/workflows",
        message: expect.stringMatching(/malformed|disk I\/O/),
      }),
    ]);
    await expect(server.engine.failed).rejects.toThrow("malformed");
    const start = { parameters: { version: "1" } };
    expect((await server.ask("POST", "/workflows/release-notes/run", { json: start })).status).toBe(503);
    const page = await server.ask("GET", "//workflows", { headers: { accept: "text/html" } });
    expect([page.status, page.body]).toEqual([503, expect.stringContaining("cannot be used")]);
  });
});

describe("a request that is refused", async () => {
  const server = await aTestServer();
  afterAll(() => server.close());

  test.each([
    ["GET", "/workflows/nobody", {}, 404, "not_found"],
    ["GET", "/workflows?limit=0", {}, 400, "invalid_usage"],
    ["PATCH", "/workflows", {}, 405, "method_not_allowed"],
    ["POST", "/workflows/validate", { json: { definition: 3, hunter2: "secret" } }, 400, "invalid_usage"],
    ["GET", "//workflows", { headers: { host: "evil.example" } }, 403, "forbidden"],
    ["POST", "//workflows/nobody/delete", { headers: { "hx-request": "true" } }, 404, "not_found"],
  ] as const)(
    "%s %s %j leaves a line with its trace id, and nothing it sent",
    async (method, path, given, status, code) => {
      server.logged.length = 0;
      const answer = await server.ask(method, path, given);
      // The line is written once the answer is on its way.
      await new Promise((resolve) => setImmediate(resolve));
      expect([answer.status, server.logged]).toEqual([
        status,
        [
          {
            at: expect.any(String),
            level: "warn",
            event: "http_refused",
            trace_id: answer.headers.get("x-trace-id"),
            method,
            path: path.startsWith("//") ? path.slice(1) : `/api/v1${path.split("?")[0]}`,
            status,
            code,
          },
        ],
      ]);
    },
  );

  test("answered with what it asked for leaves none", async () => {
    server.logged.length = 0;
    expect((await server.ask("GET", "/workflows")).status).toBe(200);
    await new Promise((resolve) => setImmediate(resolve));
    expect(server.logged).toEqual([]);
  });
});

describe("a HEAD request", async () => {
  const server = await aTestServer();
  afterAll(() => server.close());

  test("is answered with the length of what GET would send", async () => {
    const whole = await server.ask("GET", "/workflows");
    const { status, headers, body } = await server.ask("HEAD", "/workflows");
    expect([status, body]).toEqual([200, ""]);
    expect(Number(headers.get("content-length"))).toBe(JSON.stringify(whole.body).length);
  });

  test("for a stream is answered at once, and leaves no reader", async () => {
    const { status, headers } = await server.ask("HEAD", "/events/stream");
    expect([status, headers.get("content-type")]).toEqual([200, "text/event-stream; charset=utf-8"]);
    // Requests are counted once they have been answered.
    await new Promise((resolve) => setImmediate(resolve));
    const metrics = (await server.ask("GET", "//metrics")).body;
    expect(metrics).toContain("skillmeat_sse_readers 0\n");
    expect(metrics).toContain('skillmeat_http_requests_total{method="HEAD",status="200"}');
  });
});

describe("a server whose events cannot be read any more", async () => {
  const server = await aTestServer();
  // Depending on what the engine was about to do it cannot end properly either.
  afterAll(() => server.close().catch(() => null));

  test("ends the streams that have begun, and answers on", async () => {
    const { response, headers } = await server.ask("GET", "/events/stream");
    const followed = readEvents(response);
    damageTable(server.store.path, "events");
    await expect(followed).rejects.toThrow("malformed");
    expect(server.logged).toEqual([
      expect.objectContaining({
        event: "database_failed",
        trace_id: headers.get("x-trace-id"),
        path: "/api/v1/events/stream",
        message: expect.stringContaining("malformed"),
      }),
    ]);
    expect(server.app.context.feed.readers()).toBe(0);
    expect((await server.ask("GET", "/health")).status).toBe(200);
  });
});

import { afterAll, expect, test } from "bun:test";
import { connect } from "node:net";
import { aTestServer } from "../../testing/test-server.ts";
import { accessFor } from "./access.ts";
import { listen } from "./listen.ts";
import { createMetrics } from "./metrics.ts";

const access = accessFor("127.0.0.1", null);
const server = await aTestServer();
afterAll(() => server.close());

test("a server that has its port and not yet its application says that it lives; the rest waits and is answered then", async () => {
  const listening = await listen({ host: "127.0.0.1", port: 0, access });
  const health = await fetch(`${listening.url}/api/v1/health`);
  expect([health.status, await health.json()]).toMatchObject([200, { status: "ok", name: "skillmeat" }]);
  expect(health.headers.get("content-security-policy")).toContain("default-src 'none'");
  const foreign = await fetch(`${listening.url}/api/v1/health`, { headers: { host: "evil.example" } });
  expect(foreign.status).toBe(403);
  const waiting = fetch(`${listening.url}/api/v1/workflows`);
  listening.serve(async () => server.app, server.app.context.metrics);
  expect((await waiting).status).toBe(200);
  await listening.stop(100);
});

test("the application is loaded when something is asked that needs it, once for all who wait", async () => {
  const listening = await listen({ host: "127.0.0.1", port: 0, access });
  const loading = Promise.withResolvers<typeof server.app>();
  let loads = 0;
  const metrics = createMetrics(server.store, server.engine);
  listening.serve(() => {
    loads++;
    return loading.promise;
  }, metrics);
  expect((await fetch(`${listening.url}/api/v1/health`)).status).toBe(200);
  expect(loads).toBe(0);
  expect(metrics.text(0)).toContain('skillmeat_http_requests_total{method="GET",status="200"} 1\n');
  const waiting = [fetch(`${listening.url}/api/v1/workflows`), fetch(`${listening.url}/workflows`)];
  expect((await fetch(`${listening.url}/api/v1/health`)).status).toBe(200);
  loading.resolve(server.app);
  expect((await Promise.all(waiting)).map(({ status }) => status)).toEqual([200, 200]);
  expect(loads).toBe(1);
  await listening.stop(100);
});

test("who waited for an application that never came is told so", async () => {
  const listening = await listen({ host: "127.0.0.1", port: 0, access });
  const waiting = fetch(`${listening.url}/api/v1/workflows`);
  // The answer to this one means that the other has come in before.
  await fetch(`${listening.url}/api/v1/health`);
  const stopped = listening.stop(1000);
  const answer = await waiting;
  expect([answer.status, await answer.json()]).toMatchObject([503, { error: { code: "unavailable" } }]);
  expect(answer.headers.get("x-trace-id")).toBeTruthy();
  await stopped;
});

test("a port that is taken is told, with who has it where that can be known", async () => {
  const other = Bun.serve({ port: 0, hostname: "127.0.0.1", fetch: () => new Response("something else") });
  const port = other.port ?? 0;
  await expect(listen({ host: "127.0.0.1", port, access })).rejects.toThrow("used by another program");
  await other.stop(true);
  const ours = await listen({ host: "127.0.0.1", port: 0, access });
  const taken = Number(new URL(ours.url).port);
  await expect(listen({ host: "127.0.0.1", port: taken, access })).rejects.toThrow(
    "used by another skillmeat serve",
  );
  await ours.stop(100);
});

test.each(["[", "a b", "localhost:abc", "localhost:99999", "[::1", "localhost@evil.example"])(
  "a request for the host %j is refused as any other, and no bug",
  async (host) => {
    const listening = await listen({ host: "127.0.0.1", port: 0, access });
    listening.serve(async () => server.app, server.app.context.metrics);
    for (const path of ["/api/v1/workflows?limit=1", "/workflows", "/nothing"]) {
      const answer = await sent(listening.url, `GET ${path} HTTP/1.1\r\nHost: ${host}\r\n\r\n`);
      expect(answer).toStartWith("HTTP/1.1 403 ");
      expect(answer.toLowerCase()).toContain("\r\nx-trace-id: ");
      expect(answer).toContain('"code":"forbidden"');
    }
    await listening.stop(100);
  },
);

test("a body of any size is refused in the one form of errors", async () => {
  const listening = await listen({ host: "127.0.0.1", port: 0, access });
  listening.serve(async () => server.app, server.app.context.metrics);
  for (const bytes of [3_000_000, 40_000_000, 4_000_000_000]) {
    const head = `POST /api/v1/workflows HTTP/1.1\r\nHost: localhost\r\nContent-Length: ${bytes}\r\n\r\n`;
    const answer = await sent(listening.url, head);
    expect(answer).toStartWith("HTTP/1.1 413 ");
    expect(answer).toContain('"code":"too_large"');
  }
  await listening.stop(100);
});

/** What comes back for these bytes, up to the end of its JSON. */
function sent(url: string, bytes: string): Promise<string> {
  const answer = Promise.withResolvers<string>();
  const socket = connect(Number(new URL(url).port), "127.0.0.1", () => socket.write(bytes));
  let text = "";
  socket.on("data", (data) => {
    text += data.toString();
    if (text.endsWith("}}") || /^content-length: 0\r$/im.test(text)) socket.destroy();
  });
  socket.on("error", answer.reject);
  socket.on("close", () => answer.resolve(text));
  return answer.promise;
}

import { afterAll, expect, test } from "bun:test";
import { aTestServer } from "../testing/test-server.ts";
import { accessFor } from "./access.ts";
import { listen } from "./listen.ts";

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
  listening.serve(server.app);
  expect((await waiting).status).toBe(200);
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
  await stopped;
});

test("a port that is taken is told, with who has it where that can be known", async () => {
  const other = Bun.serve({ port: 0, hostname: "127.0.0.1", fetch: () => new Response("something else") });
  const port = other.port ?? 0;
  await expect(listen({ host: "127.0.0.1", port, access })).rejects.toThrow("held by another program");
  await other.stop(true);
  const ours = await listen({ host: "127.0.0.1", port: 0, access });
  const taken = Number(new URL(ours.url).port);
  await expect(listen({ host: "127.0.0.1", port: taken, access })).rejects.toThrow(
    "held by another skillmeat serve",
  );
  await ours.stop(100);
});

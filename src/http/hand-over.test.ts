import { afterEach, beforeEach, expect, test } from "bun:test";
import { statSync } from "node:fs";
import { join } from "node:path";
import { definitionOf, startRequest } from "./api/compose-run.ts";
import { exampleDefinition } from "./api/example-definition.ts";
import { aTestServer, type TestServer } from "../testing/test-server.ts";
import { handOver, listenForHandOver } from "./hand-over.ts";

let server: TestServer;
beforeEach(async () => {
  server = await aTestServer();
  await server.ask("POST", "/workflows", { yaml: exampleDefinition });
});
afterEach(() => server.close());

const nothing = () => {};

test("a start, a rerun and a take-over are handed to the server of the home, and answered with the run id", async () => {
  const { context } = server.app;
  const given = { parameters: { version: "1" } };
  const request = startRequest(definitionOf("release-notes", context), given, context);
  const listening = await listenForHandOver(server.home, server.engine, nothing);
  expect(statSync(join(server.home, "serve.sock")).mode & 0o777).toBe(0o600);
  const run_id = await handOver(server.home, { kind: "start", request });
  const { body } = await server.ask("GET", `/workflow-executions/${run_id}`);
  expect(body).toMatchObject({ run_id, parameters: { version: "1" } });
  const again = await handOver(server.home, { kind: "rerun", run_id: run_id ?? "", from: { kind: "start" } });
  expect(again).not.toBe(run_id);
  expect(handOver(server.home, { kind: "take-over", run_id: "nothing" })).rejects.toThrow("nothing");
  listening?.stop();
});

test("with nobody to hand over to there is no answer", async () => {
  const request = { kind: "take-over" as const, run_id: "r" };
  expect(await handOver(server.home, request)).toBeNull();
  const listening = await listenForHandOver(server.home, server.engine, nothing);
  listening?.stop();
  expect(await handOver(server.home, request)).toBeNull();
});

test("a home whose path is too long for a socket is told of, and does without", async () => {
  const notes: string[] = [];
  expect(
    await listenForHandOver(`/${"long/".repeat(30)}`, server.engine, (note) => notes.push(note)),
  ).toBeNull();
  expect(notes).toEqual([expect.stringContaining("too long")]);
  expect(await handOver(`/${"long/".repeat(30)}`, { kind: "take-over", run_id: "r" })).toBeNull();
});

import { afterEach, beforeEach, expect, test } from "bun:test";
import { aTestServer, type TestServer } from "../../testing/test-server.ts";

let server: TestServer;
beforeEach(async () => {
  server = await aTestServer();
});
afterEach(() => server.close());

const tried = (json: object, headers: Record<string, string> = {}) =>
  server.ask("POST", "/agents/try", { json, headers });

test("one task for one agent is an execution of a workflow that is stored nowhere", async () => {
  const prompt = "Say ${{ parameters.none }} and stop.";
  const outputs = { verdict: "string", findings: "integer", files: "array<string>" };
  const answer = await tried({ agent: "agent:writer", prompt, outputs, model: "haiku", permissions: "fail" });
  expect(answer.status).toBe(202);
  const { run_id } = answer.body;
  await server.engine.ended(run_id);
  const { body } = await server.ask("GET", `/workflow-executions/${run_id}`);
  expect(body).toMatchObject({
    workflow_id: null,
    workflow_name: "Try writer",
    status: "completed",
    trigger: "api",
    parameters: { prompt },
  });
  expect(body.steps).toMatchObject([
    { agent_id: "agent:writer", model: "haiku", outputs: { verdict: "try.verdict", findings: 1, files: [] } },
  ]);
  expect((await server.ask("GET", "/workflows")).body.items).toEqual([]);
});

test("the same key and body start one execution, another body is refused", async () => {
  const task = { agent: "agent:writer", prompt: "Write." };
  const key = { "idempotency-key": "once" };
  const [first, second] = [await tried(task, key), await tried(task, key)];
  expect(second.body.run_id).toBe(first.body.run_id);
  expect(second.headers.get("idempotent-replay")).toBe("true");
  expect((await tried({ ...task, prompt: "Draw." }, key)).status).toBe(409);
});

test.each([
  ["an empty prompt", { agent: "agent:writer", prompt: " " }, 400, "the prompt is empty"],
  ["what is no reference", { agent: "writer", prompt: "x" }, 422, "agent:writer"],
  ["an output of no type", { agent: "agent:writer", prompt: "x", outputs: { a: "text" } }, 422, "text"],
  ["a folder elsewhere", { agent: "agent:writer", prompt: "x", workdir: "/" }, 422, "/"],
])("%s starts nothing and says why", async (_, task, status, says) => {
  const answer = await tried(task);
  expect([answer.status, JSON.stringify(answer.body)]).toEqual([status, expect.stringContaining(says)]);
  expect((await server.ask("GET", "/workflow-executions")).body.items).toEqual([]);
});

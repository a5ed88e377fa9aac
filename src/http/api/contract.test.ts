import Ajv2020 from "ajv/dist/2020";
import addFormats from "ajv-formats";
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { AxiosHeaders, type AxiosAdapter } from "axios";
import { OpenAPIClientAxios, type Document } from "openapi-client-axios";
import { aRepository, gitIn } from "../../testing/a-repository.ts";
import { readEvents } from "../../testing/read-events.ts";
import { aTestServer, type Answer, type AskOptions, type TestServer } from "../../testing/test-server.ts";
import { endpoints } from "./endpoints.ts";
import { exampleDefinition } from "./example-definition.ts";
import type { OpenApiDocument, Operation } from "./openapi.ts";

let server: TestServer;
let document: OpenApiDocument;
const ajv = addFormats(new Ajv2020({ strict: false, allErrors: true }));
beforeAll(async () => {
  server = await aTestServer();
  document = (await server.ask("GET", "/openapi.json")).body;
  ajv.addSchema({ ...document, $id: "document" });
});
afterAll(() => server.close());

/** Answers seen, as `operationId status`. */
const seen = new Set<string>();

async function ask(
  operationId: string,
  given: AskOptions & { params?: Record<string, string>; query?: string } = {},
): Promise<Answer> {
  const { path, method, operation } = found(operationId);
  const filled = path.replaceAll(/\{(\w+)\}/g, (_, name: string) =>
    encodeURIComponent(given.params?.[name] ?? "nothing"),
  );
  const answer = await server.ask(method.toUpperCase(), `${filled}${given.query ?? ""}`, given);
  expectAsDocumented(answer, path, method, operation);
  seen.add(`${operationId} ${answer.status}`);
  return answer;
}

function found(operationId: string): { path: string; method: string; operation: Operation } {
  for (const [path, methods] of Object.entries(document.paths)) {
    for (const [method, operation] of Object.entries(methods)) {
      if (operation.operationId === operationId) return { path, method, operation };
    }
  }
  throw new Error(`the document has no operation "${operationId}"`);
}

function expectAsDocumented(answer: Answer, path: string, method: string, operation: Operation): void {
  const spec = operation.responses[String(answer.status)];
  const type = answer.headers.get("content-type")?.split(";")[0] ?? null;
  if (!spec)
    throw new Error(`${operation.operationId} answered ${answer.status}: ${JSON.stringify(answer.body)}`);
  expect([operation.operationId, answer.headers.get("x-trace-id")]).toEqual([
    operation.operationId,
    expect.any(String),
  ]);
  if (!spec.content) return expect(answer.body).toBe("");
  expect(Object.keys(spec.content)).toContain(type ?? "no type");
  if (type !== "application/json") return;
  const place = ["paths", path, method, "responses", String(answer.status), "content", type, "schema"];
  const pointer = place
    .map((part) => encodeURIComponent(part.replaceAll("~", "~0").replaceAll("/", "~1")))
    .join("/");
  const validate = ajv.compile({ $ref: `document#/${pointer}` });
  validate(answer.body);
  expect([operation.operationId, answer.status, validate.errors ?? []]).toEqual([
    operation.operationId,
    answer.status,
    [],
  ]);
}

const parameters = { version: "1.4.0" };

test("every answer of a workflow's life is as the document says", async () => {
  await ask("createWorkflow", { yaml: exampleDefinition });
  const params = { id: "release-notes" };
  await ask("createWorkflow", { yaml: exampleDefinition });
  await ask("createWorkflow", { yaml: "workflow: {}" });
  await ask("createWorkflow", { json: { colour: 1 } });
  await ask("createWorkflow", { text: "x", headers: { "content-type": "text/plain" } });
  await ask("createWorkflow", { yaml: "#".repeat(2_200_000) });
  await ask("listWorkflows");
  await ask("listWorkflows", { query: "?limit=0" });
  const got = await ask("getWorkflow", { params });
  await ask("getWorkflow");
  await ask("updateWorkflow", {
    params,
    yaml: exampleDefinition,
    headers: { "if-match": got.body.definition_hash },
  });
  await ask("updateWorkflow", { params, yaml: exampleDefinition, headers: { "if-match": "stale" } });
  await ask("duplicateWorkflow", { params, json: { name: "Copy" } });
  await ask("listWorkflowVersions", { params });
  await ask("validateDefinition", { yaml: exampleDefinition });
  await ask("validateDefinition", { yaml: "stages: 5" });
  await ask("validateWorkflow", { params });
  await ask("planDefinition", { json: { definition: exampleDefinition, parameters } });
  await ask("planDefinition", { yaml: "stages: 5" });
  await ask("planWorkflow", { params, json: { parameters } });
  await ask("planWorkflow", { params });
  await ask("deleteWorkflow", { params: { id: "copy" } });
  await ask("deleteWorkflow");
});

test("every answer of an execution's life is as the document says", async () => {
  const params = { id: "release-notes" };
  const { body: started } = await ask("runWorkflow", { params, json: { parameters } });
  await ask("runWorkflow", { params, json: {} });
  const { body: second } = await ask("startExecution", {
    json: { workflow_id: "release-notes", parameters },
  });
  const run = { run_id: started.run_id, stage_id: "approve", id: "release-notes" };
  const { response } = await ask("streamWorkflowExecution", { params: run });
  await readEvents(response, (events) => events.some(({ event }) => event === "gate_waiting"));
  await ask("listExecutions", { query: "?status=running" });
  await ask("listWorkflowExecutions", { params });
  const { body: live } = await ask("getExecution", { params: run });
  await ask("getExecution", { params: run, query: `?if_newer_than=${live.last_event}` });
  await ask("pauseExecution", { params: run });
  await ask("pauseExecution");
  await ask("resumeExecution", { params: run });
  await ask("getStepLogs", { params: { ...run, stage_id: "write" } });
  await ask("getStepLogs", { params: run, query: "?limit=0" });
  await ask("approveGate", { params: run, json: { actor: "ann" } });
  await ask("approveGate", { params: { ...run, stage_id: "write" } });
  await ask("streamExecution", { params: run, query: "?after=9999" });
  await readEvents((await ask("streamExecution", { params: run })).response);
  await ask("rejectGate", { params: run });
  await ask("cancelExecution", { params: { run_id: second.run_id }, json: { reason: "enough" } });
  await ask("cancelExecution", { params: { run_id: second.run_id } });
  const { body: again } = await ask("rerunExecution", { params: run, json: { from_stage: "approve" } });
  await ask("rejectGate", { params: { run_id: again.run_id, stage_id: "approve" } });
  await (await ask("streamEvents")).response.body?.cancel();
});

test("what a step has changed comes as text, as the document says", async () => {
  const { body } = await ask("listExecutions");
  const { run_id } = body.items[0];
  const params = { run_id, stage_id: "write" };
  expect((await ask("getStepDiff", { params })).status).toBe(404);
  expect((await ask("getStepDiff", { params: { run_id, stage_id: "nobody" } })).status).toBe(404);
  const repository = join(server.home, "repository");
  const dir = join(server.home, "worktrees", run_id, "write");
  mkdirSync(repository);
  aRepository(repository);
  gitIn(repository, "worktree", "add", "--quiet", "--detach", dir);
  const base = gitIn(repository, "rev-parse", "HEAD");
  writeFileSync(`${dir}.json`, JSON.stringify({ base, prefix: "", workdir: repository }));
  writeFileSync(join(dir, "tracked"), "as changed\n");
  const changed = await ask("getStepDiff", { params });
  expect(changed.headers.get("content-type")).toBe("text/plain; charset=utf-8");
  expect(changed.body).toContain("-as committed\n+as changed\n");
  rmSync(join(dir, ".git"));
  const { status, body: problem } = await ask("getStepDiff", { params });
  expect(status).toBe(503);
  expect(problem.error.message).toContain('what stage "write" of execution');
});

test("what remains is as the document says too, and nothing in it was left out", async () => {
  await ask("listArtifacts", { query: "?type=agent" });
  await ask("listArtifacts", { query: "?type=x" });
  await ask("listContextModules");
  await ask("tryAgent", { json: { agent: "agent:writer", prompt: "Write." } });
  await ask("tryAgent", { json: { agent: "writer", prompt: "Write." } });
  await ask("getHealth");
  await ask("getWorkflowSchema");
  await ask("getReady");
  const well = endpoints.flatMap(({ operationId, answers }) =>
    Object.keys(answers)
      .filter((status) => Number(status) < 400)
      .map((status) => `${operationId} ${status}`),
  );
  // The second way to the same stream is seen once.
  const unseen = well.filter((each) => !seen.has(each) && each !== "streamWorkflowExecution 204");
  expect(unseen).toEqual([]);
  expect(server.logged.filter(({ event }) => event === "http_bug")).toEqual([]);
});

test("who sends a body to any operation, or asks for a log as text, learns what may come back", async () => {
  for (const { operationId, body } of endpoints) {
    if (!body) continue;
    await ask(operationId, { text: "x", headers: { "content-type": "text/plain" } });
    await ask(operationId, { text: `"${"x".repeat(2_100_000)}"`, headers: { "content-type": "text/json" } });
  }
  await ask("validateDefinition", { yaml: "#".repeat(1_100_000) });
  const content = found("getStepLogs").operation.responses["200"]?.content;
  expect(Object.keys(content ?? {})).toEqual(["application/json", "text/plain"]);
});

describe("the document", () => {
  test("is OpenAPI 3.1, whose names are there and used once", () => {
    expect(document.openapi).toBe("3.1.0");
    const text = JSON.stringify(document);
    const named = new Set([...text.matchAll(/"#\/components\/schemas\/(\w+)"/g)].map((match) => match[1]));
    expect(
      [...named].filter((name) => !Object.hasOwn(document.components["schemas"] ?? {}, name ?? "")),
    ).toEqual([]);
    const ids = endpoints.map(({ operationId }) => operationId);
    expect(new Set(ids).size).toBe(ids.length);
  });

  test("has examples that fit, for what creates, plans and runs", () => {
    for (const operationId of ["createWorkflow", "planDefinition", "planWorkflow", "runWorkflow"]) {
      const json = found(operationId).operation.requestBody?.content["application/json"];
      const validate = ajv.compile({ $ref: `document${String(json?.schema["$ref"])}` });
      const examples = Object.values(json?.examples ?? {}).map(({ value }) => value);
      expect([
        operationId,
        examples.length > 0,
        examples.map((example) => [validate(example), validate.errors]),
      ]).toEqual([operationId, true, examples.map(() => [true, null])]);
    }
  });

  test("as a page needs no other host and no script", async () => {
    const { body } = await server.ask("GET", "/docs");
    for (const { path, summary } of endpoints) {
      expect(body).toContain(path.replaceAll("&", "&amp;"));
      expect(body).toContain(summary.replaceAll("'", "&#39;"));
    }
    expect(body).not.toMatch(/<script|<style|https?:\/\/|style=/);
    for (const [, href = ""] of body.matchAll(/href="(\/assets[^"]+)"/g)) {
      expect((await server.ask("GET", `/${href}`)).status).toBe(200);
    }
  });
});

interface Called {
  status: number;
  data: Record<string, unknown>;
}

/** What the client sends goes to the application without a socket in between. */
const adapter: AxiosAdapter = async (config) => {
  const url = new URL(config.url ?? "", "http://localhost/api/v1/");
  for (const [name, value] of Object.entries(config.params ?? {})) url.searchParams.set(name, String(value));
  const headers = Object.fromEntries(
    Object.entries(config.headers).map(([name, value]) => [name, String(value)]),
  );
  const method = (config.method ?? "get").toUpperCase();
  const path = url.pathname.startsWith("/api/v1") ? url.pathname : `/api/v1${url.pathname}`;
  const { status, body } = await server.ask(method, `/${path}${url.search}`, {
    headers,
    ...(config.data ? { text: config.data } : {}),
  });
  return { status, statusText: "", data: body, headers: new AxiosHeaders(), config };
};

test("a client made from the document works", async () => {
  const definition = document as unknown as Document;
  const client = await new OpenAPIClientAxios({ definition, axiosConfigDefaults: { adapter } }).init();
  const operations = client as unknown as Record<string, (...given: unknown[]) => Promise<Called>>;
  const call = async (name: string, ...given: unknown[]): Promise<Called> => {
    const called = await operations[name]?.(...given);
    if (!called) throw new Error(`the client has no "${name}"`);
    return called;
  };
  const definitionText = exampleDefinition.replace("id: release-notes", "id: by-client");
  const created = await call("createWorkflow", null, {
    definition: definitionText.replace("Release Notes", "By client"),
  });
  expect(created.status).toBe(201);
  const { run_id } = (await call("runWorkflow", { id: "by-client" }, { parameters })).data;
  expect((await call("getExecution", { run_id })).data).toMatchObject({ run_id, parameters });
  expect((await call("listWorkflows", { search: "client", limit: 1 })).data["total_count"]).toBe(1);
});

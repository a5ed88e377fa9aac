import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { until } from "../../testing/journey-until.ts";
import { aTestServer, type TestServer } from "../../testing/test-server.ts";
import { exampleDefinition } from "./example-definition.ts";

let server: TestServer;
beforeEach(async () => {
  server = await aTestServer();
  await server.ask("POST", "/workflows", { yaml: exampleDefinition });
});
afterEach(() => server.close());

const parameters = { version: "1.4.0" };
const run = (more: object = {}, headers: Record<string, string> = {}) =>
  server.ask("POST", "/workflows/release-notes/run", { json: { parameters, ...more }, headers });
const executions = async () => (await server.ask("GET", "/workflow-executions")).body;

test("a body that is a well of brackets is refused at once, whatever it is given to", async () => {
  const well = `${"[".repeat(400_000)}${"]".repeat(400_000)}`;
  for (const [path, body] of [
    ["/workflows", `{"definition":{"a":${well}}}`],
    ["/workflows/validate", `{"definition":{"a":${well}}}`],
    ["/workflows/release-notes/run", `{"parameters":{"version":${well}}}`],
  ] as const) {
    const headers = { "content-type": "application/json", "idempotency-key": "well" };
    const answer = await server.ask("POST", path, { text: body, headers });
    expect([answer.status, answer.body.error.message]).toEqual([
      400,
      "the body is nested deeper than 100 levels",
    ]);
  }
});

describe("a definition is checked", () => {
  test("without being stored; findings are an answer, not an error", async () => {
    const yaml = exampleDefinition
      .replace("write.outputs", "x")
      .replace("parameters.version", "parameters.verison");
    const answer = await server.ask("POST", "/workflows/validate", { yaml });
    expect([answer.status, answer.body.valid]).toEqual([200, false]);
    expect(answer.body.errors[0]).toMatchObject({ category: "expression", stage_id: "write", line: 21 });
  });

  test("strictly: what only warned then fails", async () => {
    const yaml = exampleDefinition.replace("agent:writer", "agent:nobody");
    expect((await server.ask("POST", "/workflows/validate", { yaml })).body).toMatchObject({ valid: true });
    const strict = await server.ask("POST", "/workflows/validate?strict=1", { yaml });
    expect(strict.body.errors).toMatchObject([{ category: "artifact" }]);
  });

  test("as it is stored", async () => {
    expect((await server.ask("POST", "/workflows/release-notes/validate")).body).toMatchObject({
      valid: true,
    });
    expect((await server.ask("POST", "/workflows/nothing/validate")).status).toBe(404);
  });
});

describe("a plan", () => {
  test("is made of a stored workflow and of a definition in the body alike", async () => {
    const stored = await server.ask("POST", "/workflows/release-notes/plan", { json: { parameters } });
    const json = { definition: exampleDefinition, parameters };
    const given = await server.ask("POST", "/workflows/plan", { json });
    expect(stored.status).toBe(200);
    expect(stored.body.batches.map((batch: { kind: string }) => batch.kind)).toEqual(["sequential", "gate"]);
    expect(given.body.batches).toEqual(stored.body.batches);
    expect((await executions()).total_count).toBe(0);
  });

  test("lists what the request swaps among its overrides", async () => {
    const overrides = { agents: { write: "agent:editor" }, context_modules: ["ctx:style"] };
    const { body } = await server.ask("POST", "/workflows/release-notes/plan", {
      json: { parameters, overrides },
    });
    expect(body.overrides).toEqual([
      { path: "stages.write.roles.primary.artifact", from: "agent:writer", to: "agent:editor" },
      { path: "context.global_modules", from: [], to: ["ctx:style"] },
    ]);
  });

  test("warns of a context module that is nowhere, whoever names it; the step's log says it too", async () => {
    const yaml = exampleDefinition
      .replace("release-notes", "contexts")
      .replace("Release Notes", "Contexts")
      .replace("stages:\n", "context:\n  global_modules: [ctx:house]\nstages:\n");
    await server.ask("POST", "/workflows", { yaml });
    const json = { parameters, overrides: { context_modules: ["ctx:stlye", "ctx:house"] } };
    const { body } = await server.ask("POST", "/workflows/contexts/plan", { json });
    const told = body.validation.warnings.filter(
      ({ code }: { code: string }) => code === "unknown_context_module",
    );
    expect(told.map(({ category, message }: Record<string, string>) => [category, message])).toEqual([
      ["artifact", 'the context module "ctx:house" is not in the collection'],
      ["artifact", 'the context module "ctx:stlye" of overrides.context_modules is not in the collection'],
    ]);
    const started = await server.ask("POST", "/workflows/contexts/run", { json });
    const steps = `/workflow-executions/${started.body.run_id}/steps`;
    await until("the step has run", async () => {
      const { body: run } = await server.ask("GET", `/workflow-executions/${started.body.run_id}`);
      return run.waiting_gates.length > 0;
    });
    const log = await server.ask("GET", `${steps}/write/logs?stream=system`);
    const texts = log.body.items.map(({ text }: { text: string }) => text).join("\n");
    expect(texts).toContain('warning: the context module "ctx:house" is not in the collection');
    expect(texts).toContain('warning: the context module "ctx:stlye" is not in the collection');
  });

  const wrong: [string, object, number, string][] = [
    ["no parameters", {}, 400, "version"],
    ["a parameter of another type", { parameters: { version: 5 } }, 400, "version"],
    ["an unknown parameter", { parameters: { version: "1", colour: "red" } }, 400, "colour"],
    ["a prototype's name", { parameters: JSON.parse('{"version": "1", "__proto__": 1}') }, 400, "__proto__"],
    [
      "an agent for no stage",
      { parameters, overrides: { agents: { writ: "agent:x" } } },
      400,
      'did you mean \\"write\\"?',
    ],
    ["an agent for a gate", { parameters, overrides: { agents: { approve: "agent:x" } } }, 400, "is a gate"],
    ["a wrong module", { parameters, overrides: { context_modules: ["rules"] } }, 400, "ctx:rules"],
    ["an unknown field", { parameters, colour: "red" }, 400, "colour"],
  ];
  test.each(wrong)("with %s is refused", async (_, json, status, says) => {
    const answer = await server.ask("POST", "/workflows/release-notes/plan", { json });
    expect([answer.status, JSON.stringify(answer.body)]).toEqual([status, expect.stringContaining(says)]);
  });
});

describe("a start", () => {
  test("answers with the execution, which is on disk, and where to follow it", async () => {
    const answer = await run({ overrides: { agents: { write: "agent:other" } } });
    expect(answer.status).toBe(202);
    const { run_id, stream_url } = answer.body;
    expect(stream_url).toBe(`/api/v1/workflow-executions/${run_id}/stream`);
    const { body } = await server.ask("GET", `/workflow-executions/${run_id}`);
    expect(body).toMatchObject({
      trigger: "api",
      parameters,
      overrides: { agents: { write: "agent:other" } },
    });
  });

  test("may say what triggered it, and come in SkillMeat's form", async () => {
    const json = { workflow_id: "release-notes", parameters, trigger: "scheduled" };
    const { body } = await server.ask("POST", "/workflow-executions", { json });
    const found = await server.ask("GET", "/workflow-executions?trigger=scheduled");
    expect(found.body.items.map((each: { run_id: string }) => each.run_id)).toEqual([body.run_id]);
  });

  test("of what does not hold makes nothing", async () => {
    expect((await run({ parameters: {} })).status).toBe(400);
    expect((await run({ trigger: "magic" })).status).toBe(400);
    expect((await server.ask("POST", "/workflows/nothing/run")).status).toBe(404);
    expect((await executions()).total_count).toBe(0);
  });
});

describe("an Idempotency-Key", () => {
  const key = { "idempotency-key": "key-1" };

  test("starts one execution, however often and however simultaneously it is sent", async () => {
    const answers = await Promise.all(Array.from({ length: 8 }, () => run({}, key)));
    answers.push(await run({}, key));
    expect(new Set(answers.map(({ body }) => body.run_id)).size).toBe(1);
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 202));
    expect(answers.at(-1)?.headers.get("idempotent-replay")).toBe("true");
    expect((await executions()).total_count).toBe(1);
  });

  test("knows its body whatever the order of its keys", async () => {
    const first = await run({ parameters: { version: "1" }, trigger: "api" }, key);
    const again = await run({ trigger: "api", parameters: { version: "1" } }, key);
    expect([again.status, again.body.run_id]).toEqual([202, first.body.run_id]);
  });

  test("with another body is a conflict", async () => {
    await run({}, key);
    const other = await run({ parameters: { version: "2" } }, key);
    expect([other.status, other.body.error.message]).toEqual([
      409,
      expect.stringContaining("another request"),
    ]);
  });

  test("of a start that was refused may be used again", async () => {
    expect((await run({ parameters: {} }, key)).status).toBe(400);
    expect((await run({ parameters: {} }, key)).status).toBe(400);
    expect((await run({}, key)).status).toBe(202);
  });

  test("that was kept by a process which died before it made the execution, makes it now under the id kept", async () => {
    const { body: workflow } = await server.ask("GET", "/workflows/release-notes");
    await run({}, key);
    const [kept] = server.store.sqlite
      .query<{ run_id: string }, []>("SELECT run_id FROM idempotency_keys")
      .all();
    server.store.sqlite.run("UPDATE idempotency_keys SET run_id = ?", [
      "0199c2f4-7d1e-7aaa-8bbb-0123456789ab",
    ]);
    const again = await run({}, key);
    expect(again.body.run_id).toBe("0199c2f4-7d1e-7aaa-8bbb-0123456789ab");
    expect(again.body.run_id).not.toBe(kept?.run_id);
    expect(workflow.slug).toBe("release-notes");
  });

  test("is forgotten after 24 hours, and has 200 characters at most", async () => {
    const first = await run({}, key);
    server.store.sqlite.run("UPDATE idempotency_keys SET created_at = '2020-01-01T00:00:00.000Z'");
    expect((await run({}, key)).body.run_id).not.toBe(first.body.run_id);
    expect((await run({}, { "idempotency-key": "x".repeat(201) })).status).toBe(400);
  });
});

test("while the engine is switched off, every route of workflows is not there, and the rest is", async () => {
  const off = await aTestServer({ engineEnabled: false });
  for (const path of ["/workflows", "/workflow-executions", "/events/stream", "/workflows/a/executions"]) {
    expect((await off.ask("GET", path)).status).toBe(404);
  }
  expect((await off.ask("GET", "/ready")).body).toEqual({ ready: true, database: "ok", engine: "disabled" });
  expect((await off.ask("GET", "/artifacts")).status).toBe(200);
  await off.close();
});

test("a number in a body that cannot be kept is refused with its digits and its place", async () => {
  for (const [path, text] of [
    ["/workflows/release-notes/run", '{"parameters": {"version": 9007199254740993}}'],
    ["/workflows/validate", '{"definition": {"x-n": -9007199254740993}}'],
    ["/workflows/release-notes/plan", '{"parameters": {"version": [1e999]}}'],
  ] as const) {
    const headers = { "content-type": "application/json" };
    const { status, body } = await server.ask("POST", path, { text, headers });
    const [written = ""] = /-?[0-9]+(e[0-9]+)?/.exec(text.slice(text.lastIndexOf(":"))) ?? [];
    expect([status, body.error.message]).toEqual([
      400,
      expect.stringContaining(`make it a quoted string: "${written}"`),
    ]);
    expect(body.error.details).toMatchObject([{ line: 1, column: text.indexOf(written) + 1 }]);
  }
});

test("a definition over 1 MiB is a finding like any other", async () => {
  const yaml = `${exampleDefinition}# ${"x".repeat(1024 * 1024)}\n`;
  const checked = await server.ask("POST", "/workflows/validate", { yaml });
  expect([checked.status, checked.body.errors]).toMatchObject([200, [{ code: "too_large", line: 1 }]]);
  for (const path of ["/workflows", "/workflows/plan"]) {
    const { status, body } = await server.ask("POST", path, { yaml });
    expect([status, body.error.details]).toMatchObject([
      422,
      [{ message: expect.stringContaining("1 MiB") }],
    ]);
  }
});

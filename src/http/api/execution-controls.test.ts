import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { readEvents } from "../../testing/read-events.ts";
import { aTestServer, type TestServer } from "../../testing/test-server.ts";
import { exampleDefinition } from "./example-definition.ts";

let server: TestServer;
let run_id: string;
beforeEach(async () => {
  server = await aTestServer();
  const yaml = exampleDefinition.replace("    gate:\n", "    gate:\n      approvers: [ann]\n");
  await server.ask("POST", "/workflows", { yaml });
  run_id = await startedAtGate();
});
afterEach(() => server.close());

/** Resolves when the gate waits. */
async function startedAtGate(): Promise<string> {
  const json = { parameters: { version: "1" } };
  const { body } = await server.ask("POST", "/workflows/release-notes/run", { json });
  await follow(body.run_id, "gate_waiting");
  return body.run_id;
}

async function follow(runId: string, type: string): Promise<void> {
  const { response } = await server.ask("GET", `/workflow-executions/${runId}/stream`);
  await readEvents(response, (events) => events.some(({ event }) => event === type));
}

const post = (path: string, json?: object) =>
  server.ask("POST", `/workflow-executions/${run_id}/${path}`, json ? { json } : {});
const types = async () => {
  const { response } = await server.ask("GET", `/workflow-executions/${run_id}/stream`);
  return (await readEvents(response)).map(({ event }) => event);
};

describe("a gate", () => {
  test("is opened by an approver; eight identical approvals at once are one decision", async () => {
    const decision = { actor: "ann", comment: "fine" };
    const answers = await Promise.all(
      Array.from({ length: 8 }, () => post("gates/approve/approve", decision)),
    );
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200));
    expect((await types()).filter((type) => type === "gate_resolved")).toEqual(["gate_resolved"]);
    const { body } = await server.ask("GET", `/workflow-executions/${run_id}`);
    expect(body.steps[1]).toMatchObject({ status: "completed", decided_by: "ann", decision_comment: "fine" });
    expect(body).toMatchObject({ status: "completed", progress: { done: 2, total: 2 } });
  });

  test("is not opened by somebody else, nor by whoever runs the server", async () => {
    const answers = [
      await post("gates/approve/approve", { actor: "bob" }),
      await post("gates/approve/approve"),
    ];
    expect(answers.map(({ status, body }) => [status, body.error.code])).toEqual([
      [403, "forbidden"],
      [403, "forbidden"],
    ]);
  });

  test("is refused, and the execution fails", async () => {
    expect((await post("gates/approve/reject", { actor: "ann" })).body).toMatchObject({ status: "failed" });
    const late = await post("gates/approve/approve", { actor: "ann" });
    expect([late.status, late.body.error.code]).toEqual([409, "conflict"]);
    expect(late.body.error.details).toEqual([{ path: "status", message: "failed" }]);
  });

  test.each([
    ["gates/write/approve", 409],
    ["gates/nothing/approve", 404],
  ])("%s is %i: it is none that waits", async (path, status) => {
    expect((await post(path, { actor: "ann" })).status).toBe(status);
  });
});

describe("an execution", () => {
  test("is paused, resumed and cancelled; each answer is the execution as it is then", async () => {
    expect((await post("pause")).body).toMatchObject({ run_id, status: "paused" });
    expect((await post("resume")).body).toMatchObject({ status: "running", waiting_gates: ["approve"] });
    expect((await post("cancel", { reason: "no" })).body).toMatchObject({ status: "cancelled" });
    for (const control of ["pause", "resume", "cancel"]) {
      const answer = await post(control);
      expect([answer.status, answer.body.error.details]).toEqual([
        409,
        [{ path: "status", message: "cancelled" }],
      ]);
    }
  });

  test("is run again whole, or from a stage on; the new one knows where it comes from", async () => {
    await post("gates/approve/reject", { actor: "ann" });
    for (const [body, isReused] of [
      [undefined, false],
      [{ from_failed: true }, true],
      [{ from_failed: true, fresh: true }, true],
      [{ from_stage: "approve" }, true],
    ] as const) {
      const { status, body: started } = await post("rerun", body);
      expect(status).toBe(202);
      const again = await server.ask("GET", `/workflow-executions/${started.run_id}`);
      expect(again.body).toMatchObject({ parent_id: run_id, steps: [{ reused: isReused }, {}] });
    }
    expect((await post("rerun", { from_stage: "approve", from_failed: true })).status).toBe(400);
    expect((await post("rerun", { from_stage: "nothing" })).status).toBeOneOf([400, 404]);
  });

  test("is run again with its secret parameters given anew; the answer names those that are missing", async () => {
    const config =
      "config: {parameters: {account: {type: string, secret: true, required: true}}, env: {A: '${{ parameters.account }}'}}";
    const yaml = `workflow: {id: sealed, name: Sealed}\n${config}\nstages: [{id: ask, type: gate, gate: {}}]`;
    await server.ask("POST", "/workflows", { yaml });
    const without = await server.ask("POST", "/workflows/sealed/run", { json: {} });
    expect(without.status).toBe(400);
    expect(without.body.error.details).toEqual([
      {
        path: "account",
        message:
          'parameter "account" is secret and missing. give it with "--params-file", or "parameters" in the request',
      },
    ]);
    const json = { parameters: { account: "account-0042" } };
    run_id = (await server.ask("POST", "/workflows/sealed/run", { json })).body.run_id;
    await post("cancel");
    const bare = await post("rerun");
    expect([bare.status, bare.body.error.code]).toEqual([400, "invalid_parameters"]);
    expect(bare.body.error.details).toEqual([
      {
        path: "account",
        message:
          'parameter "account" is secret and is not kept after a run. ' +
          'give it again with "--params-file", or "parameters" in the request',
      },
    ]);
    expect((await post("rerun", { parameters: { account: 42 } })).status).toBe(400);
    const again = await post("rerun", json);
    expect(again.status).toBe(202);
    const { body } = await server.ask("GET", `/workflow-executions/${again.body.run_id}`);
    expect(body.parameters).toEqual({ account: "***" });
  });

  test("that is not there is not found, whatever is asked of it", async () => {
    run_id = "nothing";
    for (const path of ["pause", "resume", "cancel", "rerun", "gates/a/approve"]) {
      expect((await post(path)).status).toBe(404);
    }
    expect((await server.ask("GET", "/workflow-executions/nothing")).status).toBe(404);
    expect((await server.ask("GET", "/workflow-executions/nothing/stream")).status).toBe(404);
    expect((await server.ask("GET", "/workflow-executions/%E0%A4%A")).status).toBe(400);
  });

  test("is only sent again when something has happened since", async () => {
    const { body } = await server.ask("GET", `/workflow-executions/${run_id}`);
    const asked = `/workflow-executions/${run_id}?if_newer_than=${body.last_event}`;
    expect((await server.ask("GET", asked)).status).toBe(304);
    await post("cancel");
    expect((await server.ask("GET", asked)).body).toMatchObject({ status: "cancelled" });
  });

  test("is found in lists by workflow, status and time", async () => {
    const found = async (query: string) =>
      (await server.ask("GET", `/workflow-executions?${query}`)).body.items?.map(
        (each: { run_id: string }) => each.run_id,
      );
    expect(await found("workflow_id=release-notes&status=running")).toEqual([run_id]);
    expect(await found("started_after=2020-01-01")).toEqual([run_id]);
    expect(await found("started_before=2020-01-01")).toEqual([]);
    expect(await found("workflow_id=nothing")).toEqual([]);
    for (const never of ["yesterday", "2026-02-30", "2026-02-30T00:00:00Z"]) {
      expect((await server.ask("GET", `/workflow-executions?started_after=${never}`)).status).toBe(400);
    }
    const below = await server.ask("GET", "/workflows/release-notes/executions");
    expect(below.body.items).toMatchObject([{ run_id }]);
    expect(below.body.items[0]).not.toHaveProperty("steps");
  });
});

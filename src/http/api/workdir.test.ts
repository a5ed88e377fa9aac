import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdirSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { aTestServer, type TestServer } from "../../testing/test-server.ts";
import { exampleDefinition } from "./example-definition.ts";

let server: TestServer;
let root: string;
let project: string;
beforeAll(async () => {
  server = await aTestServer();
  await server.ask("POST", "/workflows", { yaml: exampleDefinition });
  root = server.app.context.options.workdir;
  project = join(root, "project");
  mkdirSync(join(project, ".claude", "agents"), { recursive: true });
  symlinkSync(project, join(root, "link"));
  const agent = "---\nname: local\ndescription: Only here\n---\nYou write here.\n";
  writeFileSync(join(project, ".claude", "agents", "local.md"), agent);
});
afterAll(() => server.close());

const parameters = { version: "1" };
const run = (json: object, headers: Record<string, string> = {}) =>
  server.ask("POST", "/workflows/release-notes/run", { json: { parameters, ...json }, headers });
const execution = async (runId: string) => (await server.ask("GET", `/workflow-executions/${runId}`)).body;

describe("the working directory of a run", () => {
  test("is where the server was started, unless it is told; it stands in the execution and in lists", async () => {
    const plain = await execution((await run({})).body.run_id);
    expect(plain.workdir).toBe(root);
    const told = await run({ workdir: join(root, "link") });
    expect((await execution(told.body.run_id)).workdir).toBe(realpathSync(project));
    const { items } = (await server.ask("GET", "/workflow-executions")).body;
    expect(items.map(({ workdir }: { workdir: string }) => workdir)).toEqual([realpathSync(project), root]);
    const other = { workflow_id: "release-notes", parameters, workdir: project };
    const started = await server.ask("POST", "/workflow-executions", { json: other });
    expect((await execution(started.body.run_id)).workdir).toBe(realpathSync(project));
  });

  test("is kept by a rerun", async () => {
    const { run_id } = (await run({ workdir: project })).body;
    const again = await server.ask("POST", `/workflow-executions/${run_id}/rerun`);
    expect((await execution(again.body.run_id)).workdir).toBe(realpathSync(project));
  });

  test("is where its agents and overrides are looked for, by a plan too", async () => {
    const local = exampleDefinition.replace("agent:writer", "agent:local");
    const plan = (workdir?: string) =>
      server.ask("POST", "/workflows/plan", {
        json: { definition: local, parameters, ...(workdir === undefined ? {} : { workdir }) },
      });
    const resolved = async (workdir?: string) => (await plan(workdir)).body.artifacts[0].resolved;
    expect([await resolved(), await resolved(project)]).toEqual([false, true]);
  });

  test.each([["/"], ["/etc"], ["project"], [""], ["/nowhere"], ["../.."]])("%p is a 422", async (workdir) => {
    const before = (await server.ask("GET", "/workflow-executions")).body.total_count;
    const { status, body } = await run({ workdir });
    expect([status, body.error.code]).toEqual([422, "workdir_not_allowed"]);
    expect(body.error.details).toMatchObject([{ path: "workdir" }]);
    expect((await server.ask("GET", "/workflow-executions")).body.total_count).toBe(before);
  });

  test.each([[1], [null], [["/"]], [{ path: "/" }]])("%p is a 400", async (workdir) => {
    expect((await run({ workdir })).status).toBe(400);
  });

  test("belongs to what a key stands for, and need not be there any more when it is repeated", async () => {
    const passing = join(root, "passing");
    mkdirSync(passing);
    const headers = { "idempotency-key": "where" };
    const first = await run({ workdir: passing }, headers);
    rmSync(passing, { recursive: true });
    const again = await run({ workdir: passing }, headers);
    expect([again.status, again.body.run_id]).toEqual([202, first.body.run_id]);
    expect((await run({ workdir: root }, headers)).status).toBe(409);
  });
});

describe("the run form", () => {
  const page = (path: string) => server.ask("GET", `/${path}`, { headers: { accept: "text/html" } });
  const send = (form: Record<string, string>) =>
    server.ask("POST", "//workflows/release-notes/run", {
      text: String(new URLSearchParams({ "p.version": "1", ...form })),
      headers: { "content-type": "application/x-www-form-urlencoded", accept: "text/html" },
    });
  const field = (body: string) => /id="run-workdir"[^>]*value="([^"]*)"/.exec(body)?.[1];

  test("offers the folder of the last run, and leaves it empty where that was the server's own", async () => {
    const started = await send({ workdir: ` ${project} ` });
    expect(started.status).toBe(303);
    const path = started.headers.get("location") ?? "";
    expect((await page(`/${path.slice(1)}`)).body).toContain(`title="${realpathSync(project)}"`);
    expect(field((await page("/workflows/release-notes/run")).body)).toBe(realpathSync(project));
    expect((await page("/workflows/executions")).body).toContain("Works in");
    await send({ workdir: "" });
    expect(field((await page("/workflows/release-notes/run")).body)).toBe("");
  });

  test("says at the field what is wrong with it, keeps what was typed, and starts nothing", async () => {
    const { status, body } = await send({ workdir: '/etc/"><b>' });
    expect([status, field(body)]).toEqual([422, "/etc/&quot;&gt;&lt;b&gt;"]);
    expect(body).toContain("is no folder");
    expect(body).toContain('aria-describedby="run-workdir-hint run-workdir-bad"');
  });
});

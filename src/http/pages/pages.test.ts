import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { gunzipSync } from "node:zlib";
import { until } from "../../testing/journey-until.ts";
import { ask, aTestServer, type Answer, type TestServer } from "../../testing/test-server.ts";

const definition = `workflow: { id: ship, name: Ship it, tags: [sdlc] }
config:
  parameters:
    version: { type: string, required: true }
    tries: { type: integer, default: 2 }
stages:
  - id: write
    name: Write
    roles: { primary: agent:writer }
    inputs: { version: { type: string, source: "\${{ parameters.version }}" } }
  - id: ok
    name: Ship?
    type: gate
    depends_on: [write]
    gate: { approvers: [ada], message: "Ship \${{ parameters.version }}?" }
`;

let server: TestServer;

beforeAll(async () => {
  server = await aTestServer();
  await server.ask("POST", "/workflows", { yaml: definition });
});
afterAll(() => server.close());

const page = (path: string, headers: Record<string, string> = {}): Promise<Answer> =>
  server.ask("GET", `/${path}`, { headers: { accept: "text/html", ...headers } });

function send(
  path: string,
  form: Record<string, string>,
  headers: Record<string, string> = {},
): Promise<Answer> {
  const text = new URLSearchParams(form).toString();
  const type = { "content-type": "application/x-www-form-urlencoded", accept: "text/html" };
  return server.ask("POST", `/${path}`, { text, headers: { ...type, ...headers } });
}

async function waitingRun(): Promise<string> {
  const { body } = await server.ask("POST", "/workflows/ship/run", {
    json: { parameters: { version: "2.0" } },
  });
  return until("its gate waits", async () => {
    const { body: run } = await server.ask("GET", `/workflow-executions/${body.run_id}`);
    return run.waiting_gates.length > 0 && body.run_id;
  });
}

describe("a page", () => {
  test.each([
    ["/workflows", 200, "Ship it"],
    ["/workflows?search=nothing", 200, "No workflow matches"],
    ["/workflows?sort=wrong&status=wrong&view=wrong", 200, "Ship it"],
    ["/workflows?cursor=wrong", 400, "the cursor is not one that a list has given out"],
    ["/workflows/ship", 200, "Step 2"],
    ["/workflows/nothing", 404, "there is no workflow"],
    ["/workflows/%ff", 400, "is not encoded"],
    ["/workflows/ship/history?from=1&to=99", 200, "1 saved version"],
    ["/workflows/ship/restore?number=99", 404, "has no save #99"],
    ["/workflows/ship/executions/nothing", 404, "there is no execution"],
    ["/workflows/executions?status=wrong", 200, "Executions"],
    ["/agents", 200, "agent:writer"],
    ["/nothing", 404, "Not found"],
  ])("%s answers %d", async (path, status, text) => {
    const answer = await page(path);
    expect([answer.status, answer.headers.get("content-type")]).toEqual([status, "text/html; charset=utf-8"]);
    expect(answer.body).toContain(text);
    expect(answer.body).not.toMatch(/<script>|<style|\sstyle=|\son\w+=/);
  });

  test("goes packed to whoever takes it so", async () => {
    const answer = await ask(server.app, "GET", "//workflows", { headers: { "accept-encoding": "gzip" } });
    expect(answer.headers.get("content-encoding")).toBe("gzip");
    expect(answer.headers.get("vary")).toContain("accept-encoding");
    const unpacked = { headers: { "accept-encoding": "gzip;q=0, br" } };
    expect((await ask(server.app, "GET", "//workflows", unpacked)).headers.has("content-encoding")).toBe(
      false,
    );
    const again = await server.app.elysia.handle(
      new Request("http://localhost/workflows", { headers: { "accept-encoding": "gzip" } }),
    );
    expect(gunzipSync(await again.bytes()).toString()).toContain("Ship it");
  });

  test("is not to be had while workflows are switched off", async () => {
    const other = await aTestServer({ engineEnabled: false });
    const answer = await ask(other.app, "GET", "//workflows", { headers: { accept: "text/html" } });
    expect([answer.status, answer.body.includes("switched off")]).toEqual([404, true]);
    expect((await ask(other.app, "GET", "//")).headers.get("location")).toBe("/agents");
    for (const path of ["/agents", "/skills", "/settings"]) {
      const { status, body } = await ask(other.app, "GET", `/${path}`);
      expect([path, status]).toEqual([path, 200]);
      expect(body).not.toMatch(/href="\/(workflows|approvals|find)|js\/palette|\/live\?/);
    }
    await other.close();
  });
});

describe("the form of a run", () => {
  test("says at its fields what is wrong, and keeps what was typed", async () => {
    const answer = await send("/workflows/ship/run", { "p.version": "", "p.tries": "two" });
    expect(answer.status).toBe(400);
    expect(answer.body).toContain('id="p-version-bad"');
    expect(answer.body).toContain('id="p-tries-bad"');
    expect(answer.body).toContain('value="two"');
  });

  test("says what is wrong with a secret without showing it, and shows no preset one", async () => {
    const secrets = `config: {parameters: {api_keys: {type: object}, my_key: {type: string, default: pre-set-1}}}`;
    const yaml = `workflow: {id: hush, name: Hush}\n${secrets}\nstages: [{id: a, roles: {primary: agent:x}}]`;
    await server.ask("POST", "/workflows", { yaml });
    const { status, body } = await send("/workflows/hush/run", { "p.api_keys": "hush-hush" });
    expect([status, body.includes('id="p-api_keys-bad"')]).toEqual([400, true]);
    expect(body).not.toContain("hush-hush");
    const settings = (await page("/workflows/hush/settings")).body;
    expect(settings).toContain("<td>***</td>");
    expect(settings).not.toContain("&quot;pre-set-1&quot;");
  });

  test("starts the run, with typed values, and leads to it", async () => {
    const answer = await send("/workflows/ship/run", { "p.version": "1.0", "p.tries": "3" });
    expect(answer.status).toBe(303);
    const location = answer.headers.get("location") ?? "";
    const run = await server.ask("GET", `/workflow-executions/${location.split("/").at(-1)}`);
    expect(run.body.parameters).toEqual({ version: "1.0", tries: 3 });
    expect(run.body.trigger).toBe("manual");
  });

  test("begins with the values of the last run", async () => {
    const answer = await page("/workflows/ship/run");
    expect(answer.body).toContain("The values are those of the last run.");
    expect(answer.body).toContain('value="1.0"');
  });
});

describe("a decision", () => {
  test("without scripts leads back to the page, which says what was done", async () => {
    const runId = await waitingRun();
    const path = `/workflows/ship/executions/${runId}`;
    const shown = await page(path);
    expect(shown.body).toContain("Ship 2.0?");
    const refused = await send(`${path}/gates/ok/approve`, { actor: "bob", back: path });
    expect([refused.status, refused.headers.get("location")]).toEqual([303, path]);
    const told = await page(path, { cookie: refused.headers.get("set-cookie")?.split(";")[0] ?? "" });
    expect(told.body).toContain("&quot;bob&quot; may not approve");
    const done = await send(`${path}/gates/ok/approve`, {
      actor: "ada",
      comment: "fine",
      back: "//evil.example",
    });
    expect([done.status, done.headers.get("location")]).toEqual([303, path]);
    const run = await server.ask("GET", `/workflow-executions/${runId}`);
    expect(run.body.steps[1]).toMatchObject({
      status: "completed",
      decided_by: "ada",
      decision_comment: "fine",
    });
  });

  test("gives a script the parts that changed, or the message and the status of what was refused", async () => {
    const runId = await waitingRun();
    const path = `/workflows/ship/executions/${runId}/gates/ok`;
    const refused = await send(`${path}/reject`, { actor: "bob" }, { "hx-request": "true" });
    expect(refused.status).toBe(403);
    expect(refused.body).toStartWith('<hx-partial hx-target="#toasts"');
    const done = await send(`${path}/reject`, { actor: "ada" }, { "hx-request": "true" });
    expect(done.status).toBe(200);
    for (const id of ["#run-head", "#gates", "#step-ok", "#toasts"])
      expect(done.body).toContain(`hx-target="${id}"`);
  });
});

describe("the stream of a run", () => {
  async function streamed(path: string, headers: Record<string, string> = {}): Promise<string> {
    const answer = await page(path, headers);
    return answer.response.text();
  }

  test("brings the parts whose state changed after the page was drawn, and ends", async () => {
    const runId = await waitingRun();
    const path = `/workflows/ship/executions/${runId}`;
    await send(`${path}/gates/ok/approve`, { actor: "ada" });
    const text = await streamed(`${path}/live?after=4&stage=write&tab=log&attempt=1`);
    expect(text).toContain('hx-target="#step-ok"');
    expect(text).not.toContain('hx-target="#step-write"');
    expect(text).toEndWith("event: ended\ndata: over\n\n");
    const last = [...text.matchAll(/^id: (\d+)\./gm)].at(-1)?.[1];
    expect(await streamed(`${path}/live?after=0`, { "last-event-id": `${last}.` })).not.toContain(
      "hx-partial",
    );
  });
});

describe("the definition as text", () => {
  test("that does not hold comes back with every finding at its line", async () => {
    const answer = await send("/workflows/import", { text: "workflow: { id: x }\r\nstages: []\r\n" });
    expect(answer.status).toBe(422);
    expect(answer.body).toMatch(/<code>\d+:\d+<\/code>/);
    expect(answer.body).toContain("workflow: { id: x }\nstages: []");
  });
});

import { afterAll, beforeAll, expect, test } from "bun:test";
import { nextTurn } from "../../../next-turn.ts";
import { aTestServer, type Answer, type TestServer } from "../../../testing/test-server.ts";

const stage = (at: number): string =>
  `  - { id: s${at}, name: Stage ${at}, roles: { primary: agent:writer }, depends_on: [${at === 0 ? "" : `s${at - 1}`}] }\n`;
const stages = Array.from({ length: 2000 }, (_, at) => stage(at));
const text = `workflow: { id: large, name: Large }\nstages:\n${stages.join("")}`;
const path = "//workflows/large/edit";

let server: TestServer;
beforeAll(async () => {
  server = await aTestServer();
  expect((await server.ask("POST", "/workflows", { yaml: text })).status).toBe(201);
});
afterAll(() => server.close());

const many = 20;

/** The answer to a request, and how many others, at most `many`, were answered while it was under way. */
async function whileOthersAsk(request: Promise<Answer>): Promise<{ answer: Answer; others: number }> {
  let others = 0;
  let isDone = false;
  const answer = request.finally(() => (isDone = true));
  while (others < many) {
    const { status } = await server.ask("GET", "/health");
    await nextTurn();
    if (isDone || status !== 200) break;
    others++;
  }
  return { answer: await answer, others };
}

function post(action: string, fields: Record<string, string>, revision = "0"): Promise<Answer> {
  const body = new URLSearchParams({ revision, ...fields }).toString();
  const type = "application/x-www-form-urlencoded";
  const headers = { "hx-request": "true", "x-builder-revision": revision, "content-type": type };
  return server.ask("POST", `${path}/${action}`, { text: body, headers });
}

test("others are answered while the builder draws 2,000 stages, changes one and takes in a new text", async () => {
  const page = await whileOthersAsk(server.ask("GET", path));
  expect(page.answer.body).toContain("Stage 1999");
  expect(page.others).toBe(many);

  const change = await whileOthersAsk(post("stage", { stage: "s7", name: "Seven" }));
  expect([change.answer.status, change.answer.body.includes("Seven")]).toEqual([200, true]);
  expect(change.others).toBe(many);

  const sent = text.replace("name: Stage 9,", "name: Nine,");
  const typed = await whileOthersAsk(post("text", { text: sent }, "0"));
  expect([typed.answer.status, typed.answer.body.includes("Nine")]).toEqual([200, true]);
  expect(typed.others).toBe(many);
  const both = (await server.ask("GET", `${path}?tab=yaml`)).body;
  expect([both.includes("name: Seven"), both.includes("name: Nine")]).toEqual([true, true]);
});

test("who takes nothing compressed gets the page as it is", async () => {
  const plain = await server.ask("GET", path, { headers: { "accept-encoding": "identity" } });
  expect(plain.headers.get("content-encoding")).toBeNull();
  expect(plain.headers.get("content-type")).toBe("text/html; charset=utf-8");
  expect(plain.body.includes("Stage 1999")).toBe(true);
});

test("a change that cannot be made says so, from the thread as from here", async () => {
  const gone = await post("stage", { stage: "gone", name: "x" }, "2");
  expect([gone.status, gone.body]).toEqual([409, expect.stringContaining("no longer exists")]);
  expect((await post("nonsense", {}, "2")).status).toBe(404);
});

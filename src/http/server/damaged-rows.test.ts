import { describe, expect, test } from "bun:test";
import { findDamage } from "../../store/find-damage.ts";
import { aTestServer } from "../../testing/test-server.ts";

/** A row that cannot be read hides itself alone, with a mark; every list and everything else goes on. */

const gated = (id: string): string => `workflow: {id: ${id}, name: ${id}}
stages: [{id: ask, type: gate, gate: {}}]`;

async function aServer() {
  const server = await aTestServer();
  const runs: string[] = [];
  for (const id of ["one", "two"]) {
    await server.ask("POST", "/workflows", { yaml: gated(id) });
    for (let count = 0; count < 2; count++) {
      runs.push((await server.ask("POST", `/workflows/${id}/run`, { json: {} })).body.run_id);
    }
  }
  const sabotage = (text: string, ...values: string[]): void => {
    server.store.sqlite.run("PRAGMA ignore_check_constraints = ON");
    server.store.sqlite.run(text, values);
    server.store.sqlite.run("PRAGMA ignore_check_constraints = OFF");
  };
  const page = (path: string) => server.ask("GET", `/${path}`, { headers: { accept: "text/html" } });
  return { ...server, runs: runs as [string, string, string, string], sabotage, page };
}

const lists = ["/workflows", "/workflows/executions", "/approvals", "/workflows/two", "/settings"];
const mark = /1 (execution|workflow) of this page cannot be read/;

describe("an execution whose", () => {
  const acts: [string, string, boolean][] = [
    ["parameters are no JSON", "UPDATE workflow_executions SET parameters_json = '{' WHERE id = ?", true],
    ["options are a list", "UPDATE workflow_executions SET options_json = '[]' WHERE id = ?", true],
    ["gates are numbers", "UPDATE workflow_executions SET waiting_gates_json = '[1]' WHERE id = ?", true],
    ["status is impossible", "UPDATE workflow_executions SET status = 'flying' WHERE id = ?", true],
    ["name is bytes", "UPDATE workflow_executions SET workflow_name = x'ff00' WHERE id = ?", true],
    ["progress is a word", "UPDATE workflow_executions SET progress_done = 'half' WHERE id = ?", true],
    [
      "step's attempts are no JSON",
      "UPDATE execution_steps SET attempts_json = 'x' WHERE execution_id = ?",
      false,
    ],
    [
      "step's attempts are words",
      `UPDATE execution_steps SET attempts_json = '["x"]' WHERE execution_id = ?`,
      false,
    ],
    ["step's status is impossible", "UPDATE execution_steps SET status = 'x' WHERE execution_id = ?", false],
    ["step's name is bytes", "UPDATE execution_steps SET stage_name = x'ff' WHERE execution_id = ?", false],
  ];

  test.each(acts)("%s hides itself alone", async (_what, text, isLeftOut) => {
    const { runs, sabotage, page, ask, store, close } = await aServer();
    const [, , broken, whole] = runs;
    sabotage(text, broken);
    for (const path of lists) expect([path, (await page(path)).status]).toEqual([path, 200]);
    const listed = await ask("GET", "/workflow-executions");
    expect(listed.status).toBe(200);
    expect(listed.body.items).toHaveLength(isLeftOut ? 3 : 4);
    expect(listed.body.damaged).toBe(isLeftOut ? 1 : undefined);
    const shown = (await page("/workflows/executions")).body;
    expect(shown).toMatch(isLeftOut ? mark : /damaged: &quot;skillmeat doctor&quot; says more/);
    expect(shown).toContain(whole);
    for (const answer of [
      await ask("GET", `/workflow-executions/${broken}`),
      await page(`/workflows/two/executions/${broken}`),
    ]) {
      expect(answer.status).toBe(503);
      expect(JSON.stringify(answer.body)).toMatch(/cannot be read.*skillmeat doctor.*skillmeat db backup/s);
    }
    expect((await page(`/workflows/two/executions/${whole}`)).status).toBe(200);
    expect((await ask("POST", "/workflows/two/run", { json: {} })).status).toBe(202);
    expect(findDamage(store)).toEqual([{ what: "execution", name: broken }]);
    await close();
  });

  test.each(["{}", "{", "[]"])("snapshot is %s says so on its page", async (text) => {
    const { runs, sabotage, page, ask, store, close } = await aServer();
    sabotage(
      "UPDATE execution_snapshots SET definition_json = ? WHERE hash = " +
        "(SELECT snapshot_hash FROM workflow_executions WHERE id = ?)",
      text,
      runs[0],
    );
    expect(findDamage(store)).toMatchObject([{ what: "execution" }]);
    for (const path of lists) expect([path, (await page(path)).status]).toEqual([path, 200]);
    expect((await page(`/workflows/one/executions/${runs[0]}`)).status).toBe(503);
    expect((await page(`/workflows/two/executions/${runs[2]}`)).status).toBe(200);
    expect((await ask("GET", "/workflow-executions")).body.items).toHaveLength(4);
    await close();
  });

  test.each([
    ["event is no JSON", "UPDATE events SET data_json = '{' WHERE execution_id = ? AND seq = 1"],
    ["event is a list", "UPDATE events SET data_json = '[]' WHERE execution_id = ? AND seq = 1"],
    ["event's time is bytes", "UPDATE events SET at = x'00' WHERE execution_id = ? AND seq = 1"],
    ["gate's opening is no JSON", "UPDATE events SET data_json = 'x' WHERE execution_id = ? AND seq = 2"],
  ])("%s has a mark in its place, and is followed on", async (_what, text) => {
    const { runs, sabotage, page, ask, store, close } = await aServer();
    sabotage(text, runs[0]);
    for (const path of lists) expect([path, (await page(path)).status]).toEqual([path, 200]);
    expect((await page(`/workflows/one/executions/${runs[0]}`)).status).toBe(200);
    const approved = await ask("POST", `/workflow-executions/${runs[0]}/gates/ask/approve`, { json: {} });
    expect(approved.status).toBe(200);
    const { response } = await ask("GET", `/workflow-executions/${runs[0]}/stream`);
    const events = await response.text();
    const numbers = [...events.matchAll(/^id: (\d+)$/gm)].map(([, number]) => Number(number));
    expect(numbers).toEqual(numbers.map((_, at) => at + 1));
    expect(events).toMatch(/what stood here \(number [12]\) is damaged/);
    expect(events).toContain("execution_completed");
    expect(findDamage(store)).toEqual([{ what: "execution", name: runs[0] }]);
    await close();
  });
});

describe("a workflow whose", () => {
  test.each([
    ["tags are no JSON", "UPDATE workflows SET tags_json = '{' WHERE slug = ?"],
    ["tags are numbers", "UPDATE workflows SET tags_json = '[1]' WHERE slug = ?"],
    ["configuration is a list", "UPDATE workflows SET config_json = '[]' WHERE slug = ?"],
    ["status is impossible", "UPDATE workflows SET status = 'x' WHERE slug = ?"],
    ["description is bytes", "UPDATE workflows SET description = x'ff' WHERE slug = ?"],
    [
      "stage is no JSON",
      "UPDATE workflow_stages SET stage_json = '{' WHERE workflow_id = (SELECT id FROM workflows WHERE slug = ?)",
    ],
    [
      "stage's type is impossible",
      "UPDATE workflow_stages SET stage_json = json_set(stage_json, '$.type', 'x') WHERE workflow_id = (SELECT id FROM workflows WHERE slug = ?)",
    ],
  ])("%s hides itself alone", async (_what, text) => {
    const { sabotage, page, ask, store, close } = await aServer();
    sabotage(text, "one");
    for (const path of lists) expect([path, (await page(path)).status]).toEqual([path, 200]);
    expect((await page("/workflows")).body).toMatch(mark);
    const listed = (await ask("GET", "/workflows")).body;
    expect([listed.items.map(({ slug }: { slug: string }) => slug), listed.damaged]).toEqual([["two"], 1]);
    const asked = await ask("GET", "/workflows/one");
    expect([asked.status, asked.body.error.message]).toEqual([
      503,
      expect.stringMatching(/"one" cannot be read/),
    ]);
    expect((await page("/workflows/one")).status).toBe(503);
    expect((await ask("POST", "/workflows/two/run", { json: {} })).status).toBe(202);
    expect(findDamage(store)).toEqual([{ what: "workflow", name: "one" }]);
    await close();
  });

  test("trouble with its file cannot be read has its file read again", async () => {
    const { sabotage, ask, store, close } = await aServer();
    sabotage("UPDATE workflows SET file_problem_json = '{' WHERE slug = ?", "one");
    expect((await ask("GET", "/workflows")).body.items).toHaveLength(2);
    expect(findDamage(store)).toEqual([]);
    await close();
  });
});

import { afterAll, expect, test } from "bun:test";
import { damageTable } from "../../testing/damage-table.ts";
import { until } from "../../testing/journey-until.ts";
import { aTestServer } from "../../testing/test-server.ts";

const server = await aTestServer();
// Depending on what the engine was about to do it cannot end properly in such a database.
afterAll(() => server.close().catch(() => null));

test("a page's stream that fails after it began is in the log under its answer's trace id", async () => {
  await server.ask("POST", "/workflows", {
    yaml: "workflow: { id: ask, name: Ask }\nstages:\n  - { id: ok, type: gate, gate: { message: Well? } }\n",
  });
  const { body } = await server.ask("POST", "/workflows/ask/run", { json: { parameters: {} } });
  await until("its gate waits", async () => {
    const { body: run } = await server.ask("GET", `/workflow-executions/${body.run_id}`);
    return run.waiting_gates.length > 0;
  });
  const path = `/workflows/ask/executions/${body.run_id}/live`;
  // All it has to tell is there: it begins to, and its first part is drawn from what cannot be read.
  const { status, headers, response } = await server.ask("GET", `/${path}?after=0`);
  damageTable(server.store.path, "execution_steps");
  expect(status).toBe(200);
  await expect(response.text()).rejects.toThrow("malformed");
  expect(server.logged).toContainEqual(
    expect.objectContaining({
      level: "error",
      event: "database_failed",
      trace_id: headers.get("x-trace-id"),
      path,
      message: expect.stringContaining("malformed"),
    }),
  );
});

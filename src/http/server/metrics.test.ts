import { afterAll, expect, test } from "bun:test";
import { readEvents } from "../../testing/read-events.ts";
import { aTestServer } from "../../testing/test-server.ts";
import { exampleDefinition } from "../api/example-definition.ts";

const server = await aTestServer();
afterAll(() => server.close());

test("the metrics tell of executions, steps, durations, streams, requests and the database, in Prometheus' format", async () => {
  await server.ask("POST", "/workflows", { yaml: exampleDefinition });
  const json = { parameters: { version: "1" } };
  const { body } = await server.ask("POST", "/workflows/release-notes/run", { json });
  const { response } = await server.ask("GET", `/workflow-executions/${body.run_id}/stream`);
  await readEvents(response, (events) => events.some(({ event }) => event === "gate_waiting"));
  const waiting = (await server.ask("GET", "//metrics")).body;
  expect(waiting).toContain('skillmeat_executions{status="running"} 1\n');
  expect(waiting).toContain('skillmeat_live_steps{status="waiting_for_approval"} 1\n');
  expect(waiting).toContain('skillmeat_attempts_ended_total{status="completed"} 1\n');
  await server.ask("POST", `/workflow-executions/${body.run_id}/gates/approve/approve`);
  const ended = (await server.ask("GET", "//metrics")).body;
  expect(ended).toContain('skillmeat_executions_ended_total{status="completed"} 1\n');
  expect(ended).toContain("skillmeat_execution_duration_seconds_count 1\n");
  expect(ended).toMatch(/^skillmeat_database_bytes \d{5,}$/m);
  expect(ended).toMatch(/^skillmeat_http_requests_total\{method="POST",status="202"\} 1$/m);
  for (const line of ended.trimEnd().split("\n")) {
    expect(line).toMatch(/^(# (HELP|TYPE) \w+ .+|\w+(\{\w+="[^"]*"(,\w+="[^"]*")*\})? [\d.e+-]+)$/);
  }
});

test("requests that are refused are counted under the status they were answered with", async () => {
  await server.ask("GET", "/workflows/nobody");
  await server.ask("PATCH", "/workflows");
  await server.ask("GET", "/workflows?limit=0");
  await server.ask("GET", "/workflows", { headers: { host: "evil.example" } });
  // Requests are counted once they have been answered.
  await new Promise((resolve) => setImmediate(resolve));
  const { body } = await server.ask("GET", "//metrics");
  for (const counted of ["GET 404", "PATCH 405", "GET 400", "GET 403"]) {
    const [method, status] = counted.split(" ");
    expect(body).toContain(`skillmeat_http_requests_total{method="${method}",status="${status}"} 1\n`);
  }
  expect(body).not.toContain('status="500"');
});

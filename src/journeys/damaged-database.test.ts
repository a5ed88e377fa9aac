import { expect, test } from "bun:test";
import { join } from "node:path";
import { exampleDefinition } from "../http/api/example-definition.ts";
import { damageTable } from "../testing/damage-table.ts";
import { journeys, type Journey } from "../testing/journey.ts";
import { until } from "../testing/journey-until.ts";
import { openLiveDatabase } from "../testing/open-live-database.ts";

/** What lies in the database is damaged before a server starts. */

const begin = journeys();

async function serve(journey: Journey): Promise<string> {
  const server = journey.start(["serve", "--port", "0", "--dispatcher", "simulated"]);
  return until("the server listens", () => /^listening on (\S+)$/m.exec(server.stdout)?.[1]);
}

async function aHome(name: string): Promise<{ journey: Journey; file: string }> {
  const journey = begin(name);
  const workflow = journey.write("w.yaml", exampleDefinition);
  expect((await journey.run(["workflow", "create", workflow])).code).toBe(0);
  return { journey, file: join(journey.home, "workflows.db") };
}

const entries = (journey: Journey) =>
  journey.lines("home/logs/skillmeat.jsonl").map((line) => JSON.parse(line) as Record<string, string>);

test("a page of the file: it is found in the background, and nothing is taken in any more", async () => {
  const { journey, file } = await aHome("damaged-page");
  damageTable(file, "log_lines");
  const url = await serve(journey);
  const ready = await until("the check is over", async () => {
    const response = await fetch(`${url}/api/v1/ready`);
    return response.status === 503 ? ((await response.json()) as { message: string }) : undefined;
  });
  expect(ready.message).toMatch(/is damaged \(.*put a backup in its place, then restart skillmeat/);
  const accept = { accept: "text/html" };
  const page = await fetch(`${url}/workflows`, { headers: accept });
  expect([page.status, await page.text()]).toEqual([200, expect.stringContaining("is damaged (")]);
  const started = await fetch(`${url}/api/v1/workflows/release-notes/run`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: '{"parameters":{"version":"1"}}',
  });
  expect(started.status).toBe(503);
  expect(entries(journey)).toContainEqual(
    expect.objectContaining({ level: "error", event: "database_damaged" }),
  );
  const doctor = await journey.run(["doctor"]);
  expect([doctor.code, doctor.stdout]).toEqual([1, expect.stringMatching(/database +broken/)]);
});

test("nothing: the log says that it was looked through", async () => {
  const { journey } = await aHome("sound");
  const url = await serve(journey);
  await until("the check is over", () => entries(journey).some(({ event }) => event === "database_checked"));
  expect((await fetch(`${url}/api/v1/ready`)).status).toBe(200);
  expect((await journey.run(["doctor"])).stdout).toMatch(/stored rows +ok +all can be read/);
});

test("a row: `runs` says so of that execution, and lists the others", async () => {
  const { journey, file } = await aHome("damaged-row");
  for (let count = 0; count < 2; count++) {
    const args = ["workflow", "run", "release-notes", "--param", "version=1", "--detach"];
    expect((await journey.run([...args, "--dispatcher", "simulated"])).code).toBe(0);
  }
  const database = openLiveDatabase(file);
  const ids = database.query("SELECT id FROM workflow_executions ORDER BY id").all() as { id: string }[];
  const [broken = "", whole = ""] = ids.map(({ id }) => id);
  database.run("UPDATE execution_steps SET attempts_json = 'x' WHERE execution_id = ?", [broken]);
  database.close();
  const shown = await journey.run(["workflow", "runs", broken]);
  expect([shown.code, shown.stderr]).toEqual([
    5,
    expect.stringMatching(/^error: execution "\S+" \(its stage ".*cannot be read.*skillmeat doctor/),
  ]);
  expect((await journey.run(["workflow", "runs", whole])).code).not.toBe(5);
  const listed = await journey.run(["workflow", "runs"]);
  expect([listed.code, listed.stdout]).toEqual([0, expect.stringContaining(whole.slice(-6))]);
  const doctor = await journey.run(["doctor"]);
  expect([doctor.code, doctor.stdout]).toEqual([1, expect.stringContaining("stored rows")]);
  await journey.run(["workflow", "cancel", whole, "-y"]);
});

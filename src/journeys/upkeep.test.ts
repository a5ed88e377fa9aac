import { describe, expect, test } from "bun:test";
import type { PruneReport } from "../operation/prune.ts";
import { migrations } from "../store/migrations.ts";
import { journeys, type Journey } from "../testing/journey.ts";
import { until } from "../testing/journey-until.ts";

const begin = journeys();

const text =
  "workflow: { id: ship, name: Ship }\nstages:\n  - { id: build, roles: { primary: agent:builder } }\n";

async function aHome(name: string, runs: number): Promise<Journey> {
  const journey = begin(name);
  const file = journey.write("ship.yaml", text);
  for (let run = 0; run < runs; run++)
    await journey.run(["workflow", "run", file, "--dispatcher", "simulated"]);
  return journey;
}

async function listed({ run }: Journey): Promise<string[]> {
  const { stdout } = await run(["workflow", "runs", "--format", "json"]);
  return (JSON.parse(stdout) as { items: { run_id: string }[] }).items.map(({ run_id }) => run_id);
}

describe.concurrent("skillmeat prune", () => {
  test("keeps the newest, tells what went, and tells beforehand with --dry-run", async () => {
    const journey = await aHome("prune", 3);
    const [newest, ...older] = await listed(journey);
    const report = async (...args: string[]): Promise<PruneReport> =>
      JSON.parse((await journey.run(["prune", ...args, "--format", "json"])).stdout) as PruneReport;
    expect(await report("--keep", "1", "--dry-run")).toMatchObject({ dry_run: true, executions: older });
    expect(await listed(journey)).toEqual([newest ?? "", ...older]);
    expect(await report("--keep", "1", "-y")).toMatchObject({ dry_run: false, executions: older, left: [] });
    expect(await listed(journey)).toEqual([newest ?? ""]);
    expect(await journey.run(["workflow", "runs", older[0] ?? ""])).toMatchObject({ code: 3 });
  });

  test("takes its rules from the configuration where no flag gives one", async () => {
    const journey = await aHome("prune-config", 2);
    journey.write("home/config.toml", "[retention]\nkeep = 1\n");
    expect(await journey.run(["prune", "-y"])).toMatchObject({
      code: 0,
      stdout: expect.stringContaining("removed 1 execution"),
    });
  });

  test.each([
    [["prune", "-y"], 2, "no rule says what to remove"],
    [["prune", "--keep", "1"], 2, "there is no terminal to ask on. add -y"],
    [["prune", "--keep", "0", "-y"], 2, "--keep takes a whole number"],
    [["prune", "--older-than", "soon", "-y"], 2, "--older-than takes a duration"],
    [["prune", "--keep", "1", "--workflow", "nobody", "-y"], 3, 'there is neither a workflow "nobody"'],
  ] as [string[], number, string][])("refuses %j with exit %p", async (args, code, says) => {
    const journey = await aHome("prune-refused", 1);
    expect(await journey.run(args)).toMatchObject({ code, stderr: expect.stringContaining(says) });
    expect(await listed(journey)).toHaveLength(1);
  });
});

describe("skillmeat db migrate --to", () => {
  test("goes back and forward with every execution, and copies the file each time", async () => {
    const journey = await aHome("migrate", 1);
    const before = await listed(journey);
    const back = await journey.run(["db", "migrate", "--to", "4", "--format", "json"]);
    expect(back.code).toBe(0);
    const { current, backup } = JSON.parse(back.stdout) as { current: number; backup: string };
    expect([current, journey.read(backup.slice(journey.folder.length + 1)).length > 0]).toEqual([4, true]);
    expect(await journey.run(["db", "migrate"])).toMatchObject({
      code: 0,
      stdout: expect.stringContaining(`schema ${migrations.length} of ${migrations.length}`),
    });
    expect(await listed(journey)).toEqual(before);
  });

  test("refuses a schema that there is not, and a database that is in use", async () => {
    const journey = await aHome("migrate-used", 1);
    expect(await journey.run(["db", "migrate", "--to", "99"])).toMatchObject({ code: 2 });
    const server = journey.start(["serve", "--port", "0"]);
    await until("the server listens", () => /^listening on/m.test(server.stdout));
    await until("it is registered", () => /no execution was left/.test(server.stdout));
    const refused = await journey.run(["db", "migrate", "--to", "4"]);
    expect(refused).toMatchObject({ code: 5, stderr: expect.stringContaining("(serve) uses the database") });
    server.kill("SIGTERM");
    await server.ended;
  });
});

describe("skillmeat workflow publish and archive", () => {
  test("give a stored workflow its status, as often as they are asked", async () => {
    const journey = begin("status");
    await journey.run(["workflow", "create", journey.write("ship.yaml", text)]);
    const status = async (): Promise<string> =>
      (
        JSON.parse((await journey.run(["workflow", "show", "ship", "--format", "json"])).stdout) as {
          status: string;
        }
      ).status;
    for (const [command, becomes] of [
      ["publish", "published"],
      ["publish", "published"],
      ["archive", "archived"],
    ] as const) {
      const { code, stdout } = await journey.run(["workflow", command, "ship"]);
      expect([code, stdout, await status()]).toEqual([0, `ship is ${becomes}\n`, becomes]);
    }
    expect(await journey.run(["workflow", "publish", "nobody"])).toMatchObject({ code: 3 });
  });
});

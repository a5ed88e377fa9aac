import { expect, test } from "bun:test";
import { mkdirSync, readFileSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { journeys, executable } from "../testing/journey.ts";
import { until } from "../testing/journey-until.ts";

const begin = journeys();
const page = readFileSync(join(import.meta.dir, "../../docs/api.md"), "utf8");

test("every shell example of docs/api.md works, in its order, against the compiled server", async () => {
  const journey = begin("api-docs");
  journey.write(".claude/agents/writer.md", "---\nname: writer\ndescription: Writes\n---\nYou write.\n");
  const guarded = { env: { SKILLMEAT_NO_TOKEN: "" } };
  const server = journey.start(["serve", "--port", "0", "--dispatcher", "simulated"], guarded);
  const url = await until("the server listens", () => /^listening on (\S+)$/m.exec(server.stdout)?.[1]);
  const script = [...page.matchAll(/^```sh\n([^]*?)^```$/gm)].map((match) => match[1]).join("\n");
  const file = journey.write("examples.sh", `set -euxo pipefail\n${script}`);
  mkdirSync(join(journey.folder, "bin"));
  symlinkSync(executable, join(journey.folder, "bin", "skillmeat"));
  const path = `${journey.folder}/bin:${process.env["PATH"] ?? ""}`;
  const shell = Bun.spawn(["bash", file], {
    cwd: journey.folder,
    env: { PATH: path, BASE: url, SKILLMEAT_HOME: journey.home },
    stdout: "pipe",
    stderr: "pipe",
  });
  const [code, stdout, stderr] = await Promise.all([
    shell.exited,
    new Response(shell.stdout).text(),
    new Response(shell.stderr).text(),
  ]);
  expect([code, code === 0 ? "" : stderr]).toEqual([0, ""]);
  for (const shown of [
    '"total_count":1',
    "event: gate_waiting",
    "id: 3\nevent: stage_completed",
    "304",
    '"status":"cancelled"',
  ])
    expect(stdout).toContain(shown);
  server.kill("SIGTERM");
  expect((await server.ended).code).toBe(0);
});

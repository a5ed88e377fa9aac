import { existsSync, mkdirSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { serveSkillmeat } from "./http-programs.ts";
import { msText, type Row } from "./measure.ts";

const seconds = Number(process.env["NOISE_SECONDS"] ?? 60);
const warmUpMs = 5_000;
const mebibyte = 1 << 20;
const perMinute = 200 * mebibyte;

/**
 * How much others are slowed down by an agent that prints 200 MB a minute, and by one that prints without a pause.
 */
export async function measureNoise(folder: string): Promise<Row[]> {
  const line = "compiled module 4711 of 9000 in 12 ms, with 3 warnings and no error at all\\n";
  const tenth = Math.round(perMinute / 600);
  const steady = `for i in $(seq ${seconds * 10}); do yes '${line.slice(0, -2)}' | head -c ${tenth}; sleep 0.1; done`;
  const eager = `yes '${line.slice(0, -2)}' | head -c ${perMinute}`;
  return [
    ...(await measureOne(join(folder, "steady"), "200 MB of log in a minute", steady, true)),
    ...(await measureOne(join(folder, "eager"), "200 MB of log as fast as it goes", eager, false)),
  ];
}

async function measureOne(home: string, what: string, script: string, isBound: boolean): Promise<Row[]> {
  mkdirSync(join(home, ".claude", "agents"), { recursive: true });
  const command = JSON.stringify(["sh", "-c", script]);
  writeFileSync(
    join(home, ".claude", "agents", "noisy.md"),
    `---\nname: noisy\ndispatcher: command\ncommand: ${command}\n---\nPrint.\n`,
  );
  const server = await serveSkillmeat(home, "command");
  const api = `${server.url}/api/v1`;
  try {
    const headers = { "content-type": "application/yaml" };
    const made = await fetch(`${api}/workflows`, { method: "POST", headers, body: definition });
    if (made.status !== 201) throw new Error(await made.text());
    // The memory that answers need is not the agent's, so the same requests are sent long enough beforehand.
    for (const until = performance.now() + warmUpMs; performance.now() < until;)
      for (const path of paths) await (await fetch(api + path)).arrayBuffer();
    const before = server.memory();
    const started = await fetch(`${api}/workflows/noise/run`, { method: "POST", headers: json, body: "{}" });
    if (started.status !== 202) throw new Error(await started.text());
    const { run_id } = (await started.json()) as { run_id: string };
    const seen = { times: [] as number[], memory: before, attempts: 0, status: "running" };
    while (seen.status === "running" || seen.status === "pending") {
      for (const path of [...paths, `/workflow-executions/${run_id}/steps/only/logs?tail=1`]) {
        const at = performance.now();
        await (await fetch(api + path)).arrayBuffer();
        seen.times.push(performance.now() - at);
      }
      seen.memory = Math.max(seen.memory, server.memory());
      seen.attempts = Math.max(seen.attempts, diskBytes(join(home, "attempts")));
      const answer = await fetch(`${api}/workflow-executions/${run_id}`);
      seen.status = ((await answer.json()) as { status: string }).status;
      await Bun.sleep(5);
    }
    if (seen.status !== "completed") throw new Error(`the noisy execution is ${seen.status}`);
    return rowsOf(what, home, { ...seen, before, isBound });
  } finally {
    await server.stop();
  }
}

const json = { "content-type": "application/json" };
const paths = ["/workflows?limit=50", "/workflow-executions?limit=20", "/workflows/noise", "/health"];
const definition = `workflow:
  id: noise
  name: noise
stages:
  - id: only
    roles: { primary: { artifact: "agent:noisy" } }
`;

interface NoiseFigures {
  times: readonly number[];
  before: number;
  memory: number;
  attempts: number;
  /** False: the figures are shown without a budget. */
  isBound: boolean;
}

function rowsOf(
  what: string,
  home: string,
  { times, before, memory, attempts, isBound }: NoiseFigures,
): Row[] {
  const sorted = times.toSorted((a, b) => a - b);
  const at = (share: number): number => sorted[Math.floor(sorted.length * share)] ?? Number.NaN;
  const grown = memory - before;
  const database = statSync(join(home, "workflows.db")).size;
  const row = (name: string, figure: string, budget: string, holds: boolean): Row => ({
    what: `${what}: ${name}`,
    figure,
    limit: "",
    ratio: "",
    budget: isBound ? budget : "",
    holds: isBound ? holds : null,
  });
  return [
    row(
      `${times.length} answers, p50 and p99`,
      `${msText(at(0.5))}, ${msText(at(0.99))}`,
      "p99 < 100 ms",
      at(0.99) < 100,
    ),
    row("memory grows by", `${mb(grown)} MB`, "≤ 50 MB", grown <= 50_000_000),
    row("the database", `${mb(database)} MB`, "≤ 55 MB", database <= 55_000_000),
    row("the attempt's files, at most", `${mb(attempts)} MB`, "≤ 55 MB", attempts <= 55_000_000),
  ];
}

/** The space that the files take on the disk, not their length. */
function diskBytes(folder: string): number {
  let bytes = 0;
  if (!existsSync(folder)) return 0;
  for (const name of readdirSync(folder, { recursive: true, encoding: "utf8" })) {
    const found = statSync(join(folder, name), { throwIfNoEntry: false });
    bytes += (found?.blocks ?? 0) * 512;
  }
  return bytes;
}

function mb(bytes: number): number {
  return Math.round(bytes / 1_000_000);
}

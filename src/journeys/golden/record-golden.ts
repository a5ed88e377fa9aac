/**
 * `bun src/journeys/golden/record-golden.ts DATABASE.db.gz PROGRAM…`: has a program (`dist/skillmeat`, or an earlier
 * one as `bun /earlier/src/main.ts`) run the golden workflows in a new home, and packs the database it leaves. It is
 * run for the program of a new migration; README.md beside this file says what made each of the files.
 */
import { Database } from "bun:sqlite";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { scenarios, type Scenario } from "./scenarios.ts";

const [target, ...program] = process.argv.slice(2);
if (target === undefined || program.length === 0) {
  console.error("usage: record-golden.ts DATABASE.db.gz PROGRAM…");
  process.exit(2);
}

const folder = mkdtempSync("/tmp/golden-");
const home = join(folder, "home");
mkdirSync(home);
// The first one makes the database, so that the others find it.
const [first, ...others] = scenarios;
if (first) await play(first);
await Promise.all(others.map(play));
writeFileSync(join(folder, "stored.yaml"), scenarios[0]?.text ?? "");
await finish(["workflow", "create", "stored.yaml"]);
const database = new Database(join(home, "workflows.db"));
database.run("PRAGMA wal_checkpoint(TRUNCATE)");
database.run("PRAGMA journal_mode = DELETE");
database.close();
writeFileSync(target, Bun.gzipSync(await Bun.file(join(home, "workflows.db")).bytes(), { level: 9 }));
rmSync(folder, { recursive: true, force: true });

/** Starts the scenario's workflow and does each step as soon as its event is seen. */
async function play({ name, text, script, steps, isKilled }: Scenario): Promise<void> {
  writeFileSync(join(folder, `${name}.yaml`), text);
  writeFileSync(join(folder, `${name}-script.yaml`), `stages:\n${script}`);
  const simulated = ["--dispatcher", "simulated", "--script", `${name}-script.yaml`, "--workdir", "/"];
  const run = start(["workflow", "run", `${name}.yaml`, "--events", ...simulated]);
  const waiting = [...steps];
  let seen = "";
  for await (const piece of run.stderr.pipeThrough(new TextDecoderStream())) {
    seen += piece;
    const runId = /"run_id":"([^"]+)"/.exec(seen)?.[1];
    const next = waiting[0];
    if (runId === undefined || !next || !seen.includes(next.after)) continue;
    waiting.shift();
    for (const [action, ...rest] of next.commands) {
      await finish(["workflow", action ?? "", runId, ...rest]);
    }
    if (waiting.length === 0 && isKilled) run.kill("SIGKILL");
  }
  await run.exited;
  if (waiting.length > 0) throw new Error(`${name} never came to ${waiting[0]?.after}:\n${seen}`);
}

async function finish(args: string[]): Promise<void> {
  const run = start(args);
  const [code, said] = await Promise.all([run.exited, new Response(run.stderr).text()]);
  if (code !== 0) throw new Error(`${args.join(" ")} ended with ${code}: ${said}`);
}

function start(args: string[]) {
  return Bun.spawn([...program, "--data-dir", home, ...args], {
    cwd: folder,
    env: { PATH: "/usr/bin:/bin", USER: "ada", HOME: folder },
    stdin: "ignore",
    stdout: "ignore",
    stderr: "pipe",
  });
}

/** Prints as JSON the memory and time of a process in which many executions wait at gates. Started by gates.ts. */
import { check } from "./language.ts";
import { aRequest, openBench } from "./run-in-process.ts";

/** Resident memory in MB (10⁶ bytes), and processor time over a while in which nothing happened. */
export interface WaitingFigures {
  idleMb: number;
  waitingMb: number;
  cpuMs: number;
  overMs: number;
}

/** How many executions are started together and share their commits. */
const atOnce = 100;

const definition = check(`
workflow: { id: bench, name: Bench }
stages:
  - id: prepare
    roles: { primary: agent:worker }
    outputs: { summary: { type: string } }
  - { id: approval, type: gate, depends_on: [prepare], gate: { approvers: [someone] } }
  - id: act
    depends_on: [approval]
    roles: { primary: agent:worker }
    inputs: { summary: { type: string, source: "\${{ stages.prepare.outputs.summary }}" } }
    outputs: { done: { type: boolean } }
`);

if (import.meta.main) {
  const [, , folder = "", count = "0"] = process.argv;
  const { engine } = await openBench(folder, 8);
  const idleMb = await measureSettledMb();
  const waiting = new Promise<void>((resolve) => {
    let left = Number(count);
    engine.subscribe((events) => {
      for (const { type } of events) if (type === "gate_waiting" && --left === 0) resolve();
    });
  });
  const request = aRequest(definition, { workdir: folder });
  for (let started = 0; started < Number(count); started += atOnce) {
    await Promise.all(Array.from({ length: atOnce }, () => engine.start(request)));
  }
  await waiting;
  const waitingMb = await measureSettledMb();

  const before = process.cpuUsage();
  const started = performance.now();
  await Bun.sleep(5_000);
  const { user, system } = process.cpuUsage(before);
  const figures: WaitingFigures = {
    idleMb,
    waitingMb,
    cpuMs: (user + system) / 1000,
    overMs: performance.now() - started,
  };
  console.log(JSON.stringify(figures));
  process.exit(0);
}

/** The memory that is left after garbage is collected and its pages are returned. */
async function measureSettledMb(): Promise<number> {
  for (let round = 0; round < 3; round++) {
    Bun.gc(true);
    await Bun.sleep(300);
  }
  return process.memoryUsage.rss() / 1_000_000;
}

import { join } from "node:path";
import type { Row } from "./measure.ts";
import type { WaitingFigures } from "./gates-process.ts";

const count = 1_000;

/** What executions cost that only wait: measured in a process of its own, whose memory holds nothing else. */
export async function measureGates(folder: string): Promise<Row[]> {
  const child = Bun.spawn(
    [process.execPath, join(import.meta.dir, "gates-process.ts"), folder, String(count)],
    {
      stdin: "ignore",
      stdout: "pipe",
      stderr: "inherit",
    },
  );
  const text = await new Response(child.stdout).text();
  if ((await child.exited) !== 0) throw new Error("the process with the waiting executions failed");
  const { idleMb, waitingMb, cpuMs, overMs } = JSON.parse(text) as WaitingFigures;
  const share = cpuMs / overMs;
  return [
    {
      what: `memory of ${count} executions at gates`,
      figure: `${Math.round(waitingMb)} MB`,
      limit: `idle engine: ${Math.round(idleMb)} MB`,
      ratio: `+ ${Math.round(waitingMb - idleMb)} MB`,
      budget: "≤ + 60 MB",
      holds: waitingMb - idleMb <= 60,
    },
    {
      what: "their processor time while they wait",
      figure: `${cpuMs.toFixed(0)} ms`,
      limit: `in ${(overMs / 1000).toFixed(1)} s`,
      ratio: `${(share * 100).toFixed(2)} %`,
      budget: "≤ 1 %",
      holds: share <= 0.01,
    },
  ];
}

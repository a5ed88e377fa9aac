import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Row } from "./measure.ts";
import type { WaitingFigures } from "./gates-process.ts";

const count = 1_000;
const manyCount = 10_000;

/** The cost of executions that only wait. */
export async function measureGates(folder: string): Promise<Row[]> {
  const few = await waitingFigures(join(folder, "few"), count);
  const many = await waitingFigures(join(folder, "many"), manyCount);
  const share = few.cpuMs / few.overMs;
  return [
    {
      ...memoryRow(count, few),
      budget: "≤ + 60 MB",
      holds: few.waitingMb - few.idleMb <= 60,
    },
    {
      ...memoryRow(manyCount, many),
      budget: "≤ 400 MB",
      holds: many.waitingMb <= 400,
    },
    {
      what: `processor time of ${count} while they wait`,
      figure: `${few.cpuMs.toFixed(0)} ms`,
      limit: `in ${(few.overMs / 1000).toFixed(1)} s`,
      ratio: `${(share * 100).toFixed(2)} %`,
      budget: "≤ 1 %",
      holds: share <= 0.01,
    },
  ];
}

function memoryRow(
  waiting: number,
  { idleMb, waitingMb }: WaitingFigures,
): Pick<Row, "what" | "figure" | "limit" | "ratio"> {
  return {
    what: `memory of ${waiting} executions at gates`,
    figure: `${Math.round(waitingMb)} MB`,
    limit: `idle engine: ${Math.round(idleMb)} MB`,
    ratio: `+ ${Math.round(waitingMb - idleMb)} MB`,
  };
}

/** It is measured in a separate process, whose memory contains nothing else. */
async function waitingFigures(folder: string, waiting: number): Promise<WaitingFigures> {
  mkdirSync(folder);
  const program = [process.execPath, join(import.meta.dir, "gates-process.ts"), folder, String(waiting)];
  const child = Bun.spawn(program, { stdin: "ignore", stdout: "pipe", stderr: "inherit" });
  const text = await new Response(child.stdout).text();
  if ((await child.exited) !== 0) throw new Error("the process with the waiting executions failed");
  return JSON.parse(text) as WaitingFigures;
}

import type { Engine } from "../src/engine/engine.ts";
import { compare, timed, timesRow, type Row } from "./measure.ts";
import { aRequest, openBench, runToEnd, stagesOf } from "./run-in-process.ts";

const program = Bun.which("true") ?? "/bin/true";

/** Executions whose agents are the smallest program there is, against starting that program and nothing else. */
export async function measurePrograms(folder: string): Promise<Row[]> {
  const { engine, close } = await openBench(folder, 100);
  try {
    return [await threeInARow(engine, folder), await hundredAtOnce(engine, folder)];
  } finally {
    await close();
  }
}

async function threeInARow(engine: Engine, folder: string): Promise<Row> {
  const request = aRequest(stagesOf(3, { isChain: true, outputs: false }), {
    workdir: folder,
    command: [program],
  });
  const compared = await compare(21, {
    figure: () => timed(() => runToEnd(engine, request)),
    limit: () =>
      timed(async () => {
        for (let done = 0; done < 3; done++) await spawned();
      }),
  });
  return timesRow("three programs in a row", compared, { limitIs: "three bare spawns", most: 3 });
}

async function hundredAtOnce(engine: Engine, folder: string): Promise<Row> {
  const count = 100;
  const request = aRequest(stagesOf(count, { isChain: false, outputs: false }), {
    workdir: folder,
    command: [program],
  });
  const { figure, limit, ratio } = await compare(7, {
    figure: () => timed(() => runToEnd(engine, request)),
    limit: () => timed(() => Promise.all(Array.from({ length: count }, spawned))),
  });
  const share = 1 / ratio;
  return {
    what: `${count} programs, max_parallel ${count}`,
    figure: `${Math.round((count / figure) * 1000)} a second`,
    limit: `bare spawns: ${Math.round((count / limit) * 1000)} a second`,
    ratio: `${Math.round(share * 100)} %`,
    budget: "≥ 40 %",
    holds: share >= 0.4,
  };
}

async function spawned(): Promise<void> {
  await Bun.spawn([program], { stdin: "ignore", stdout: "ignore", stderr: "ignore" }).exited;
}

import type { Engine, StartRequest } from "../src/engine/engine.ts";
import { databaseBytes, openBareCommits, type BareCommits } from "./bare-commits.ts";
import { compare, median, msText, timeWork, timesRow, type Row } from "./measure.ts";
import { aRequest, openBench, runToEnd, stagesOf, type Bench } from "./run-in-process.ts";

const liveAtOnce = 200;

/** Whole executions with simulated agents: the cost of the engine and its database when agents cost nothing. */
export async function measureExecutions(folder: string): Promise<Row[]> {
  const bench = await openBench(folder, liveAtOnce);
  const request = aRequest(stagesOf(3, { isChain: true }), { workdir: folder });
  const bytes = await bytesOfOne(bench, request);
  // One execution is stored in seven commits.
  const bare = openBareCommits(folder, bytes / 7);
  try {
    return [
      await measureManyAtOnce(bench.engine, request, bare),
      await measureOneAlone(bench.engine, request, bare),
      ...(await measureChain(bench.engine, folder, bare)),
    ];
  } finally {
    bare.close();
    await bench.close();
  }
}

async function measureManyAtOnce(engine: Engine, request: StartRequest, bare: BareCommits): Promise<Row> {
  const perRound = 1_000;
  const compared = await compare(5, {
    figure: async () => (await timeWork(() => keepLive(engine, request, perRound))) / perRound,
    limit: () => bare.ms(),
  });
  const row = timesRow(`three steps, ${liveAtOnce} executions live`, compared, {
    limitIs: "durable commit",
    most: 7,
    unit: "commits",
  });
  return { ...row, figure: `${Math.round(1000 / compared.figure)} a second` };
}

/** Runs this many executions, of which `liveAtOnce` are always live. */
async function keepLive(engine: Engine, request: StartRequest, count: number): Promise<void> {
  let left = count;
  const one = async (): Promise<void> => {
    while (left-- > 0) await runToEnd(engine, request);
  };
  await Promise.all(Array.from({ length: liveAtOnce }, one));
}

async function measureOneAlone(engine: Engine, request: StartRequest, bare: BareCommits): Promise<Row> {
  const compared = await compare(7, {
    figure: async () => {
      const times: number[] = [];
      for (let run = 0; run < 40; run++) times.push(await timeWork(() => runToEnd(engine, request)));
      return median(times);
    },
    limit: () => bare.ms(),
  });
  return timesRow("three steps, alone", compared, { limitIs: "durable commit", most: 15, unit: "commits" });
}

async function measureChain(engine: Engine, folder: string, bare: BareCommits): Promise<Row[]> {
  const steps = 200;
  const request = aRequest(stagesOf(steps, { isChain: true }), { workdir: folder });
  const slopes: number[] = [];
  const compared = await compare(7, {
    figure: async () => {
      const ends = await endsOfSteps(engine, request);
      const span = (from: number, to: number): number => (ends[to] ?? 0) - (ends[from] ?? 0);
      const quarter = steps / 4;
      slopes.push(span(steps - 1 - quarter, steps - 1) / span(0, quarter));
      return span(0, steps - 1) / (steps - 1);
    },
    limit: () => bare.ms(),
  });
  const slope = median(slopes.slice(1));
  return [
    timesRow(`a step in a chain of ${steps}, alone`, compared, {
      limitIs: "durable commit",
      most: 4,
      unit: "commits",
    }),
    {
      what: "a step in its last quarter",
      figure: msText(compared.figure * slope),
      limit: "its first quarter",
      ratio: `${slope.toFixed(2)} ×`,
      budget: "≤ 1.25 ×",
      holds: slope <= 1.25,
    },
  ];
}

/** The times, in ms and in order, at which each step's end was on disk. */
async function endsOfSteps(engine: Engine, request: StartRequest): Promise<number[]> {
  const ends: number[] = [];
  const stop = engine.subscribe((events) => {
    const now = performance.now();
    for (const { type } of events) if (type === "stage_completed") ends.push(now);
  });
  await runToEnd(engine, request);
  stop();
  return ends;
}

/** The growth of the database by one execution, computed from 200. */
async function bytesOfOne({ engine, store, path }: Bench, request: StartRequest): Promise<number> {
  const checkpoint = (): number => {
    store.sqlite.run("PRAGMA wal_checkpoint(TRUNCATE)");
    return databaseBytes(path);
  };
  await keepLive(engine, request, liveAtOnce);
  const before = checkpoint();
  await keepLive(engine, request, liveAtOnce);
  return (checkpoint() - before) / liveAtOnce;
}

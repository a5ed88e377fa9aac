import { closeSync, rmSync } from "node:fs";
import { join } from "node:path";
import { makeAttemptFolder, removeAttemptFolder } from "../src/dispatch/process/attempt-folder.ts";
import { createLaunch } from "../src/dispatch/process/launcher.ts";
import { createTicker } from "../src/dispatch/process/ticker.ts";
import { compare, timeWork, timesRow, type Row } from "./measure.ts";
import type { StartRequest } from "../src/engine/engine.ts";
import { aRequest, openBench, runToEnd, stagesOf } from "./run-in-process.ts";

const program = Bun.which("true") ?? "/bin/true";
const many = 100;
const chains = 16;

/**
 * Executions whose agents are the smallest possible program, against starting only that program. The cost of an agent's
 * supervisor and files is measured beside it, because the engine cannot be faster than these.
 */
export async function measurePrograms(folder: string): Promise<Row[]> {
  const { engine, close } = await openBench(folder, many);
  const options = { workdir: folder, command: [program] };
  const chain = aRequest(stagesOf(3, { isChain: true, outputs: false }), options);
  const wide = aRequest(stagesOf(many, { isChain: false, outputs: false }), options);
  const supervised = supervisor(join(folder, "supervised"));
  const inChains = (request: StartRequest) => () => runTogether(() => runToEnd(engine, request), chains);
  const wideLimit = { count: many, work: () => runTogether(runProgram, many) };
  const chainLimit = { count: 3 * chains, work: () => runTogether(() => threeTimes(runProgram), chains) };
  try {
    return [
      await measureInARow("three programs in a row", () => runToEnd(engine, chain), 3.1),
      await measureAtOnce(
        `${many} programs, max_parallel ${many}`,
        () => runToEnd(engine, wide),
        wideLimit,
        0.55,
      ),
      await measureAtOnce(
        `${chains} executions of three programs in a row`,
        inChains(chain),
        chainLimit,
        0.55,
      ),
      await measureInARow("three supervisors with their files, alone", () => threeTimes(supervised), null),
      await measureAtOnce(
        `${many} supervisors with their files, alone`,
        () => runTogether(supervised, many),
        wideLimit,
        null,
      ),
    ];
  } finally {
    await close();
  }
}

async function measureInARow(what: string, work: () => Promise<void>, most: number | null): Promise<Row> {
  const figures = { figure: () => timeWork(work), limit: () => timeWork(() => threeTimes(runProgram)) };
  const row = timesRow(what, await compare(21, figures), { limitIs: "three bare spawns", most: most ?? 0 });
  return most === null ? { ...row, budget: "", holds: null } : row;
}

/** The same number of bare spawns, with as many at once. */
interface BareSpawns {
  count: number;
  work: () => Promise<void>;
}

async function measureAtOnce(
  what: string,
  work: () => Promise<void>,
  bare: BareSpawns,
  least: number | null,
): Promise<Row> {
  const figures = { figure: () => timeWork(work), limit: () => timeWork(bare.work) };
  const { figure, limit, ratio } = await compare(11, figures);
  return {
    what,
    figure: `${Math.round((bare.count / figure) * 1000)} a second`,
    limit: `bare spawns: ${Math.round((bare.count / limit) * 1000)} a second`,
    ratio: `${Math.round(100 / ratio)} %`,
    budget: least === null ? "" : `≥ ${Math.round(least * 100)} %`,
    holds: least === null ? null : 1 / ratio >= least,
  };
}

async function threeTimes(work: () => Promise<void>): Promise<void> {
  for (let done = 0; done < 3; done++) await work();
}

async function runTogether(work: () => Promise<void>, count: number): Promise<void> {
  await Promise.all(Array.from({ length: count }, work));
}

async function runProgram(): Promise<void> {
  await Bun.spawn([program], { stdin: "ignore", stdout: "ignore", stderr: "ignore" }).exited;
}

/** An attempt without an engine: its folder and its supervisor, until both are removed. */
function supervisor(folder: string): () => Promise<void> {
  rmSync(folder, { recursive: true, force: true });
  const launch = createLaunch(folder);
  const ticker = createTicker();
  let count = 0;
  return async () => {
    const attempt_dir = join(folder, `run-${Math.floor(count / many)}`, String(count++));
    const handles = makeAttemptFolder(attempt_dir, "{}");
    const env = { PATH: process.env["PATH"] ?? "" };
    const options = {
      folder: attempt_dir,
      attemptId: "bench",
      command: [program],
      workdir: folder,
      env,
      handles,
      isTwoWay: false,
    };
    await (
      await launch(options, ticker)
    ).ended;
    for (const file of Object.values(handles)) closeSync(file);
    await removeAttemptFolder(attempt_dir);
  };
}

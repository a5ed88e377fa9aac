import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { compare, msText, timeWork, type Row } from "./measure.ts";
import { aRequest, openBench, runToEnd, stagesOf } from "./run-in-process.ts";

const chains = 16;
const program = Bun.which("true") ?? "/bin/true";
const peersFolder = join(import.meta.dir, "peers");

/** Runs this many chains of three programs at once, and resolves with the milliseconds. */
type RunChains = (count: number) => Promise<number>;

/**
 * The same job for our engine and for others: three `true` in a row, and sixteen such chains at once, against bare
 * spawns in the same run. `npm install --prefix bench/peers` installs the others; the row of a missing one says so.
 */
export async function measurePeers(folder: string): Promise<Row[]> {
  const rows = await measureOurs(folder);
  for (const name of ["mastra", "restate"]) rows.push(...(await measurePeer(name, folder)));
  // Dagu has no package on npm: the registry answers 404 for `dagu`.
  rows.push(absentPeerRow("dagu", "npm has no package of it"));
  return rows;
}

async function measureOurs(folder: string): Promise<Row[]> {
  const { engine, close } = await openBench(folder, 3 * chains);
  const request = aRequest(stagesOf(3, { isChain: true, outputs: false }), {
    workdir: folder,
    command: [program],
  });
  try {
    return await measureJobs("skillmeat", (count) =>
      timeWork(() => runTogether(() => runToEnd(engine, request), count)),
    );
  } finally {
    await close();
  }
}

/** A peer is a process that answers each number on its stdin with the milliseconds that so many chains took. */
async function measurePeer(name: string, folder: string): Promise<Row[]> {
  if (!existsSync(join(peersFolder, "node_modules"))) {
    return [absentPeerRow(name, "not installed: npm install --prefix bench/peers")];
  }
  const home = join(folder, name);
  mkdirSync(home);
  const peer = Bun.spawn([process.execPath, join(peersFolder, `${name}.mjs`), home], {
    stdin: "pipe",
    stdout: "pipe",
    stderr: "ignore",
  });
  const lines = readLines(peer.stdout);
  const nextLine = async (): Promise<string> => {
    const line = (await lines.next()).value;
    if (line === undefined)
      throw new Error(`${name} ended early; bun bench/peers/${name}.mjs FOLDER tells why`);
    return line;
  };
  try {
    while ((await nextLine()) !== "ready");
    return await measureJobs(name, async (count) => {
      void peer.stdin.write(`${count}\n`);
      void peer.stdin.flush();
      return Number(await nextLine());
    });
  } finally {
    void peer.stdin.end();
    await peer.exited;
  }
}

async function measureJobs(name: string, run: RunChains): Promise<Row[]> {
  const bare = (count: number) => () => timeWork(() => runTogether(spawnThree, count));
  const one = await compare(11, { figure: () => run(1), limit: bare(1) });
  const many = await compare(7, { figure: () => run(chains), limit: bare(chains) });
  const rate = (ms: number) => `${Math.round((3 * chains * 1000) / ms)} a second`;
  return [
    {
      ...absentPeerRow(name, ""),
      what: `${name}: three programs in a row`,
      figure: msText(one.figure),
      limit: `three bare spawns: ${msText(one.limit)}`,
      ratio: `${one.ratio.toFixed(2)} ×`,
    },
    {
      ...absentPeerRow(name, ""),
      what: `${name}: ${chains} × three programs`,
      figure: rate(many.figure),
      limit: `bare spawns: ${rate(many.limit)}`,
      ratio: `${Math.round(100 / many.ratio)} %`,
    },
  ];
}

function absentPeerRow(name: string, reason: string): Row {
  return { what: name, figure: reason, limit: "", ratio: "", budget: "", holds: null };
}

async function* readLines(stream: ReadableStream<Uint8Array>): AsyncGenerator<string, undefined> {
  let text = "";
  const decoder = new TextDecoder();
  for await (const piece of stream) {
    const lines = (text + decoder.decode(piece, { stream: true })).split("\n");
    text = lines.pop() ?? "";
    yield* lines;
  }
  return undefined;
}

async function spawnThree(): Promise<void> {
  for (let done = 0; done < 3; done++) {
    await Bun.spawn([program], { stdin: "ignore", stdout: "ignore", stderr: "ignore" }).exited;
  }
}

async function runTogether(work: () => Promise<void>, count: number): Promise<void> {
  await Promise.all(Array.from({ length: count }, work));
}

/**
 * `npm run bench [-- topic…]`: prints each figure beside a physical limit that is measured in the same run, the ratio
 * of the two, and the budget. Exit 1 when a figure is over its budget. docs/bench.md explains the rows.
 */
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { Row } from "./measure.ts";

/** Each topic is a file, whose measurements use a folder of their own on the disk of the repository. */
const topics: Record<string, (folder: string) => Promise<Row[]>> = {
  start: async (folder) => (await import("./start.ts")).measureStart(folder),
  language: async () => (await import("./language.ts")).measureLanguage(),
  compose: async (folder) => (await import("./compose.ts")).measureCompose(folder),
  edit: async () => (await import("./edit.ts")).measureEdits(),
  builder: async (folder) => (await import("./builder.ts")).measureBuilder(folder),
  store: async () => (await import("./store.ts")).measureStore(),
  machine: async () => (await import("./machine.ts")).measureMachine(),
  executions: async (folder) => (await import("./executions.ts")).measureExecutions(folder),
  programs: async (folder) => (await import("./programs.ts")).measurePrograms(folder),
  gates: async (folder) => (await import("./gates.ts")).measureGates(folder),
  http: async (folder) => (await import("./http.ts")).measureHttp(folder),
  growth: async (folder) => (await import("./growth.ts")).measureGrowth(folder),
  recovery: async (folder) => (await import("./recovery.ts")).measureRecovery(folder),
  pages: async (folder) => (await import("./pages.ts")).measurePages(folder),
  log: async (folder) => (await import("./log-page.ts")).measureLogPage(folder),
  noise: async (folder) => (await import("./noise.ts")).measureNoise(folder),
  hold: async (folder) => (await import("./hold.ts")).measureHold(folder),
  load: async (folder) => (await import("./load.ts")).measureLoad(folder),
  peers: async (folder) => (await import("./peers.ts")).measurePeers(folder),
};
/** Other people's programs, which are measured only when asked for. */
const onRequest = ["peers"];

const asked = process.argv.slice(2);
const unknown = asked.find((name) => !Object.hasOwn(topics, name));
if (unknown !== undefined) {
  console.error(`there is no bench "${unknown}": ${Object.keys(topics).join(", ")}`);
  process.exit(2);
}

const rows: Row[] = [];
for (const [name, measure] of Object.entries(topics)) {
  if (asked.length > 0 ? !asked.includes(name) : onRequest.includes(name)) continue;
  process.stderr.write(`${name} …\n`);
  rows.push(...(await inFolder(measure)));
}
console.log(table(rows));
process.exit(rows.some(({ holds }) => holds === false) ? 1 : 0);

/** It is not in /tmp, which may be in memory, because commits have to reach a disk. */
async function inFolder(measure: (folder: string) => Promise<Row[]>): Promise<Row[]> {
  const parent = join(import.meta.dir, "../dist");
  mkdirSync(parent, { recursive: true });
  const folder = mkdtempSync(join(parent, "bench-"));
  try {
    return await measure(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function table(shown: readonly Row[]): string {
  const titles = ["", "figure", "limit, same run", "ratio", "budget", ""];
  const cells = shown.map((row) => [
    row.what,
    row.figure,
    row.limit,
    row.ratio,
    row.budget,
    row.holds === null ? "" : row.holds ? "ok" : "over",
  ]);
  const widths = titles.map((title, at) =>
    Math.max(title.length, ...cells.map((row) => row[at]?.length ?? 0)),
  );
  const line = (row: readonly string[]): string =>
    `| ${row.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join(" | ")} |`;
  return [line(titles), line(widths.map((width) => "-".repeat(width))), ...cells.map(line)].join("\n");
}

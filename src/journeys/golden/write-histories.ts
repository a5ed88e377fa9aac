/**
 * `bun src/journeys/golden/write-histories.ts DATABASE.db.gz`: writes the executions of a golden database as this
 * version of the program reads them to `histories/`, one file each:
 * the first records, the events, the stored records.
 */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { openStore } from "../../store/database.ts";
import { storedHistories } from "./stored-history.ts";

const [source] = process.argv.slice(2);
if (source === undefined) {
  console.error("usage: write-histories.ts DATABASE.db.gz");
  process.exit(2);
}
const folder = mkdtempSync("/tmp/golden-");
writeFileSync(join(folder, "workflows.db"), Bun.gunzipSync(readFileSync(source)));
const store = openStore(join(folder, "workflows.db"));
const target = join(import.meta.dir, "histories");
mkdirSync(target, { recursive: true });
for (const { name, first, events, last } of storedHistories(store)) {
  const lines = [{ first }, ...events, { last }].map((line) => JSON.stringify(line));
  writeFileSync(join(target, `${name}.jsonl`), `${lines.join("\n")}\n`);
}
store.close();
rmSync(folder, { recursive: true, force: true });

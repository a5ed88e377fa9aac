import { existsSync } from "node:fs";
import { lstat, readdir } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { openStore } from "../store/database.ts";
import { bytesByTable } from "../store/bytes-by-table.ts";
import { folderBytes } from "./folder-bytes.ts";

export interface HeldBytes {
  what: string;
  bytes: number;
}

const folders = [
  ["attempts", "attempt folders"],
  ["worktrees", "worktrees"],
  ["logs", "lifecycle logs"],
] as const;

/** How much of the disk a home takes, by part: parts of the database first, then folders. Nothing is changed. */
export async function storageOf(home: string, database: string): Promise<HeldBytes[]> {
  const held: HeldBytes[] = [];
  if (existsSync(database)) held.push(...partsOf(database));
  held.push({ what: "backups before migrations", bytes: await backupBytes(database) });
  for (const [folder, what] of folders) held.push({ what, bytes: await folderBytes(join(home, folder)) });
  return held;
}

function partsOf(database: string): HeldBytes[] {
  const store = openStore(database, { readonly: true, migrate: false });
  try {
    const { logs, events, free, rest } = bytesByTable(store);
    return [
      { what: "log lines", bytes: logs },
      { what: "events", bytes: events },
      { what: "other rows", bytes: rest },
      { what: "free pages", bytes: free },
    ];
  } finally {
    store.close();
  }
}

async function backupBytes(database: string): Promise<number> {
  const folder = dirname(database);
  let bytes = 0;
  for (const name of existsSync(folder) ? await readdir(folder) : []) {
    if (name.startsWith(`${basename(database)}.`) && name.endsWith(".backup"))
      bytes += (await lstat(join(folder, name))).size;
  }
  return bytes;
}

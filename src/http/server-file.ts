import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { AppError } from "../errors.ts";
import type { Store } from "../store/database.ts";
import { isProcessAlive } from "../store/holder-process.ts";
import { holders } from "../store/leases.ts";

interface ServerFile {
  pid: number;
  url: string;
}

/** Throws `AppError("unavailable")` that says who serves this home already. */
export function refuseSecondServer(store: Store, home: string): void {
  const other = holders(store).find((holder) => holder.kind === "serve" && isProcessAlive(holder));
  if (!other) return;
  const known = readServerFile(home);
  const where = known?.pid === other.pid ? ` at ${known.url}` : "";
  throw new AppError(
    "unavailable",
    `this home is served already: process ${other.pid}${where}. end it first, or give another --data-dir`,
  );
}

/** Tells other commands of this home where the server is. Returns the way to take that back. */
export function announceServer(home: string, url: string): () => void {
  const file = join(home, "serve.json");
  const content: ServerFile = { pid: process.pid, url };
  writeFileSync(file, `${JSON.stringify(content)}\n`, { mode: 0o600 });
  return () => {
    if (readServerFile(home)?.pid === process.pid) rmSync(file, { force: true });
  };
}

function readServerFile(home: string): ServerFile | null {
  try {
    return JSON.parse(readFileSync(join(home, "serve.json"), "utf8")) as ServerFile;
  } catch (error) {
    const isMissing = error instanceof Error && "code" in error && error.code === "ENOENT";
    if (isMissing || error instanceof SyntaxError) return null;
    throw error;
  }
}

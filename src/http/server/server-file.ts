import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { AppError } from "../../errors.ts";
import type { Store } from "../../store/database.ts";
import { isProcessAlive } from "../../store/holder-process.ts";
import { holders } from "../../store/leases.ts";

/** What other commands learn of a home's server. */
export interface ServerFile {
  pid: number;
  url: string;
  /** Where its token comes from: a file, the server's own environment, or nowhere, because it needs none. */
  token: { kind: "file"; file: string } | { kind: "environment" } | { kind: "none" };
}

/** Throws `AppError("unavailable")` that says who serves this home already. */
export function refuseSecondServer(store: Store, home: string): void {
  const other = holders(store).find((holder) => holder.kind === "serve" && isProcessAlive(holder));
  if (!other) return;
  const known = readServerFile(home);
  const where = known?.pid === other.pid ? ` at ${known.url}` : "";
  throw new AppError(
    "unavailable",
    `another server runs for this home: process ${other.pid}${where}. end it first, or give another --data-dir`,
  );
}

/** Tells other commands of this home where the server is. Returns the way to withdraw that. */
export function announceServer(home: string, told: Omit<ServerFile, "pid">): () => void {
  const file = join(home, "serve.json");
  const content: ServerFile = { pid: process.pid, ...told };
  writeFileSync(file, `${JSON.stringify(content)}\n`, { mode: 0o600 });
  return () => {
    if (readServerFile(home)?.pid === process.pid) rmSync(file, { force: true });
  };
}

/** The server that runs for this home; null: none runs, or it does not listen yet. */
export function runningServer(store: Store, home: string): ServerFile | null {
  const known = readServerFile(home);
  const isRunning = holders(store).some(
    (holder) => holder.kind === "serve" && holder.pid === known?.pid && isProcessAlive(holder),
  );
  return isRunning ? known : null;
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

import { statfsSync } from "node:fs";
import { dirname } from "node:path";
import type { Store } from "./database.ts";

/**
 * The bytes that one command may need. Commands are refused early, so that results of running agents still find room.
 */
const leastBytes = 256 * 1024;

/** True when the database's disk has room for another command. */
export function hasRoom({ path }: Store): boolean {
  if (path === ":memory:") return true;
  const { bavail, bfree, bsize } = statfsSync(dirname(path));
  // The last blocks of many file systems are reserved for root.
  return (process.getuid?.() === 0 ? bfree : bavail) * bsize >= leastBytes;
}

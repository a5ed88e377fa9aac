import { statfsSync } from "node:fs";
import { dirname } from "node:path";
import type { Store } from "./database.ts";

/** What a command may need. Results of agents that run already are to find room when commands find none any more. */
const leastBytes = 256 * 1024;

/** True when the database's disk has room for another command. */
export function hasRoom({ path }: Store): boolean {
  if (path === ":memory:") return true;
  const { bavail, bfree, bsize } = statfsSync(dirname(path));
  // The last blocks of many file systems are root's alone.
  return (process.getuid?.() === 0 ? bfree : bavail) * bsize >= leastBytes;
}

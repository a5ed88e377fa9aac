import { closeSync, readSync } from "node:fs";
import { openSync } from "./seen-files.ts";

/** This is more than a front matter may have. */
const most = 72 * 1024;
const buffer = Buffer.allocUnsafe(most);

/** Reads the beginning of a text file, which is enough for its front matter. */
export function readStart(file: string): string {
  const handle = openSync(file, "r");
  try {
    return buffer.toString("utf8", 0, readSync(handle, buffer, 0, most, 0));
  } finally {
    closeSync(handle);
  }
}

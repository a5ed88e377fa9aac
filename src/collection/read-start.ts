import { closeSync, readSync } from "node:fs";
import { openSync } from "./seen-files.ts";

/** More than a front matter may have. */
const most = 72 * 1024;
const buffer = Buffer.allocUnsafe(most);

/** The beginning of a text file: enough for its front matter. */
export function readStart(file: string): string {
  const handle = openSync(file, "r");
  try {
    return buffer.toString("utf8", 0, readSync(handle, buffer, 0, most, 0));
  } finally {
    closeSync(handle);
  }
}

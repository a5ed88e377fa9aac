import { AppError } from "../errors.ts";
import { readFileSync, statSync } from "./seen-files.ts";

const mebibyte = 1024 * 1024;

/** Thrown for bytes that are not a text of a size that can be read. */
export class UnfitText extends AppError {
  readonly fault: "too_large" | "not_text";

  constructor(fault: UnfitText["fault"], message: string) {
    super("invalid_definition", message);
    this.name = "UnfitText";
    this.fault = fault;
  }
}

/** Reads a text file of at most 1 MiB. `shown` is its name in messages. */
export function readTextFile(absolute: string, shown: string): string {
  try {
    const found = statSync(absolute, { throwIfNoEntry: false });
    if (!found) throw new AppError("not_found", `there is no file "${shown}"`);
    if (!found.isFile() && !found.isFIFO()) throw new AppError("invalid_usage", `"${shown}" is not a file`);
    if (found.size > mebibyte) throw tooLargeError(shown, found.size);
    return decodeText(readFileSync(absolute), shown);
  } catch (error) {
    if (error instanceof AppError) throw error;
    throw new AppError(
      "unavailable",
      `"${shown}" cannot be read: ${error instanceof Error ? error.message : error}`,
    );
  }
}

/** Decodes at most 1 MiB of UTF-8 without NUL. Throws `UnfitText`. */
export function decodeText(bytes: Uint8Array, shown: string): string {
  if (bytes.byteLength > mebibyte) throw tooLargeError(shown, bytes.byteLength);
  try {
    const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
    if (!text.includes("\u0000")) return text;
  } catch {
    // Bytes that are not UTF-8 get the same error as NUL, below.
  }
  throw new UnfitText("not_text", `"${shown}" is not a text file (UTF-8)`);
}

function tooLargeError(shown: string, bytes: number): UnfitText {
  const size = (bytes / mebibyte).toFixed(1);
  return new UnfitText("too_large", `"${shown}" has ${size} MiB; a file may have 1 MiB at most`);
}

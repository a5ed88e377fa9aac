import { readFileSync, statSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { definitionIn } from "../collection/workflow-files.ts";
import { AppError } from "../errors.ts";

const mebibyte = 1024 * 1024;

/** A definition's text and where it came from. */
export interface DefinitionText {
  text: string;
  /** As findings show it: the path as it was given, or `<stdin>`. */
  file: string;
  /** Absolute folder in which its artifacts may lie. */
  beside: string;
}

/** The definition in a file, a folder or `-`; null when there is no such path. */
export async function readDefinition(path: string, workdir: string): Promise<DefinitionText | null> {
  if (path === "-") {
    return { text: decode(await Bun.stdin.bytes(), "stdin"), file: "<stdin>", beside: workdir };
  }
  const absolute = resolve(workdir, path);
  const found = statSync(absolute, { throwIfNoEntry: false });
  if (!found) return null;
  if (!found.isDirectory())
    return { text: readTextFile(absolute, path), file: path, beside: dirname(absolute) };
  const file = definitionIn(absolute);
  if (file === null) {
    throw new AppError(
      "not_found",
      `the folder "${path}" holds no WORKFLOW.yaml, WORKFLOW.yml or WORKFLOW.json`,
    );
  }
  const shown = join(path, file.slice(absolute.length + 1));
  return { text: readTextFile(file, shown), file: shown, beside: absolute };
}

/** A text file of at most 1 MiB. `shown` names it in messages. */
export function readTextFile(absolute: string, shown: string): string {
  const found = statSync(absolute, { throwIfNoEntry: false });
  if (!found) throw new AppError("not_found", `there is no file "${shown}"`);
  if (!found.isFile() && !found.isFIFO()) throw new AppError("invalid_usage", `"${shown}" is not a file`);
  if (found.size > mebibyte) throw tooLarge(shown, found.size);
  try {
    return decode(readFileSync(absolute), shown);
  } catch (error) {
    if (error instanceof AppError) throw error;
    throw new AppError(
      "unavailable",
      `"${shown}" cannot be read: ${error instanceof Error ? error.message : error}`,
    );
  }
}

/** YAML or JSON of a text file, as plain data. */
export async function readDataFile(path: string, workdir: string): Promise<unknown> {
  const text = readTextFile(resolve(workdir, path), path);
  const { parseDocument } = await import("yaml");
  const document = parseDocument(text, { uniqueKeys: true });
  const [first] = document.errors;
  if (first)
    throw new AppError(
      "invalid_usage",
      `"${path}" is neither YAML nor JSON: ${first.message.split("\n")[0]}`,
    );
  return document.toJS({ maxAliasCount: 100 });
}

function decode(bytes: Uint8Array, shown: string): string {
  if (bytes.byteLength > mebibyte) throw tooLarge(shown, bytes.byteLength);
  try {
    const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
    if (!text.includes("\u0000")) return text;
  } catch {
    // Falls through: bytes that are not UTF-8 are refused like NUL is.
  }
  throw new AppError("invalid_definition", `"${shown}" is not a text file (UTF-8)`);
}

function tooLarge(shown: string, bytes: number): AppError {
  const size = (bytes / mebibyte).toFixed(1);
  return new AppError("invalid_definition", `"${shown}" has ${size} MiB; a file may have 1 MiB at most`);
}

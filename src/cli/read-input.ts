import { statSync, type Stats } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { decodeText, readTextFile } from "../collection/read-text-file.ts";
import type { DefinitionText } from "../collection/stored-definition.ts";
import { definitionIn } from "../collection/workflow-files.ts";
import { AppError } from "../errors.ts";

/** The definition in a file, a folder or `-`; null when there is no such path. */
export async function readDefinition(path: string, workdir: string): Promise<DefinitionText | null> {
  if (path === "-") {
    return { text: decodeText(await Bun.stdin.bytes(), "stdin"), file: "<stdin>", beside: workdir };
  }
  const absolute = resolve(workdir, path);
  const found = statOf(absolute, path);
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

/** What is at a path; null when nothing is. Throws `AppError("unavailable")` for a place that cannot be looked at. */
export function statOf(absolute: string, shown: string): Stats | null {
  try {
    return statSync(absolute, { throwIfNoEntry: false }) ?? null;
  } catch (error) {
    // Longer than any name can be, so nothing has it.
    if (error instanceof Error && "code" in error && error.code === "ENAMETOOLONG") return null;
    const said = error instanceof Error ? error.message : String(error);
    throw new AppError("unavailable", `"${shown}" cannot be read: ${said}`);
  }
}

/** YAML or JSON of a text file, as plain data. */
export async function readDataFile(path: string, workdir: string): Promise<unknown> {
  const text = readTextFile(resolve(workdir, path), path);
  const { parseDocument } = await import("yaml");
  const document = parseDocument(text, { uniqueKeys: true });
  const [first] = document.errors;
  if (first) throw notData(path, first);
  try {
    return document.toJS({ maxAliasCount: 100 });
  } catch (error) {
    if (!(error instanceof ReferenceError)) throw error;
    throw notData(path, error);
  }
}

function notData(path: string, { message }: Error): AppError {
  const said = (message.split("\n")[0] ?? "").replace(/:$/, "");
  return new AppError("invalid_usage", `"${path}" is neither YAML nor JSON: ${said}`);
}

import { readFileSync, statSync, type Stats } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { decodeText, readTextFile } from "../collection/read-text-file.ts";
import type { DefinitionText } from "../operation/stored-definition.ts";
import { definitionIn, detectArtifactType } from "../collection/detect-artifact-type.ts";
import { AppError } from "../errors.ts";
import type { Value } from "../expression/value.ts";
import { readSource } from "../workflow/read-source.ts";
import { valueOf, type SourceNode } from "../workflow/source-node.ts";

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
  if (file === null) throw noDefinition(path, absolute);
  const shown = join(path, file.slice(absolute.length + 1));
  return { text: readTextFile(file, shown), file: shown, beside: absolute };
}

function noDefinition(path: string, absolute: string): AppError {
  const type = detectArtifactType(absolute);
  const what = type === null ? "" : ` (it is ${type === "agent" ? "an" : "a"} ${type})`;
  return new AppError(
    "not_found",
    `the folder "${path}" contains no WORKFLOW.yaml, WORKFLOW.yml or WORKFLOW.json${what}`,
  );
}

/** What is at a path; null when nothing is. Throws `AppError("unavailable")` for a place that cannot be read. */
export function statOf(absolute: string, shown: string): Stats | null {
  try {
    return statSync(absolute, { throwIfNoEntry: false }) ?? null;
  } catch (error) {
    // The path is longer than any name can be, so nothing has it.
    if (error instanceof Error && "code" in error && error.code === "ENAMETOOLONG") return null;
    const said = error instanceof Error ? error.message : String(error);
    throw new AppError("unavailable", `"${shown}" cannot be read: ${said}`);
  }
}

/**
 * YAML or JSON of a text file, or of stdin for `-`, as plain data. Throws
 * `AppError("invalid_usage")` with the place of the first fault.
 */
export function readDataFile(path: string, workdir: string): Value {
  return valueOf(readDataTree(path, workdir));
}

/** The same with the way everything in it is written. */
export function readDataTree(path: string, workdir: string): SourceNode {
  // A pipe is read by its number: here it may be a socket, which has no path.
  const text =
    path === "-" ? decodeText(readFileSync(0), "stdin") : readTextFile(resolve(workdir, path), path);
  const { root, report } = readSource(text);
  const [first] = report.findings();
  if (root && !first) return root;
  if (!first) throw new Error("a text without a tree has a finding");
  const what = first.code === "yaml_syntax" ? "is neither YAML nor JSON" : "cannot be used";
  const said = first.message.replace(/^this is not YAML: /, "");
  throw new AppError(
    "invalid_usage",
    `"${path}" ${what}: ${said} at line ${first.line}, column ${first.column}`,
  );
}

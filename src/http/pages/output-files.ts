import { realpathSync, statSync } from "node:fs";
import { resolve, sep } from "node:path";
import type { AttemptFile } from "../../../views/executions/execution-view.ts";
import type { ExecutionRecord, StepRecord } from "../../execution/record.ts";

const mostFiles = 100;

/** The files a stage's outputs name, of those that lie in the folder the execution works in. */
export function filesOf({ options }: ExecutionRecord, { outputs }: StepRecord): AttemptFile[] {
  return namesIn(outputs).flatMap((name) => {
    const path = fileInside(options.workdir, name);
    return path === null ? [] : [{ name, bytes: statSync(path).size }];
  });
}

/** The file of this name, if an output names it and it lies in the execution's folder; absolute, links resolved. */
export function namedFile(
  { options }: ExecutionRecord,
  { outputs }: StepRecord,
  name: string,
): string | null {
  return namesIn(outputs).includes(name) ? fileInside(options.workdir, name) : null;
}

/** Texts that may be paths, in outputs and in lists of them. */
function namesIn(outputs: StepRecord["outputs"]): string[] {
  const texts = Object.values(outputs ?? {})
    .flat()
    .filter((value): value is string => typeof value === "string");
  return [...new Set(texts.filter((text) => /^[^\n\0]{1,400}$/.test(text)))].slice(0, mostFiles);
}

/**
 * Null for anything that is no file or lies outside: an agent may name any path, and must not open it to the reader.
 */
function fileInside(workdir: string, name: string): string | null {
  try {
    const root = realpathSync(workdir);
    const path = realpathSync(resolve(root, name));
    return path.startsWith(root + sep) && statSync(path).isFile() ? path : null;
  } catch (error) {
    if (error instanceof Error && "code" in error) return null;
    throw error;
  }
}

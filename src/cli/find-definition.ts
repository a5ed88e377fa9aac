import { storedDefinition, type FoundDefinition } from "../operation/stored-definition.ts";
import { AppError } from "../errors.ts";
import type { Library } from "../operation/refresh-index.ts";
import { listLibrary } from "../operation/list-library.ts";
import { openWorkflow } from "../operation/open-workflow.ts";
import type { WorkflowRecord } from "../store/workflow-record.ts";
import type { Invocation } from "./command.ts";
import { nearest } from "../expression/nearest.ts";
import { withStore } from "./open-home.ts";
import { readDefinition } from "./read-input.ts";

/** The definition at a path, else the one of a stored workflow. Throws `AppError("not_found")`. */
export async function findDefinition(invocation: Invocation, name: string): Promise<FoundDefinition> {
  const { read, trouble } = await readHere(name, invocation.workdir);
  if (read) return { ...read, workflow_id: null };
  if (looksLikePath(name)) throw trouble ?? new AppError("not_found", `there is no file or folder "${name}"`);
  // A folder that only happens to have the name of a stored workflow does not hide it.
  return withStore(invocation.home, (store) =>
    storedDefinition(storedWorkflow({ home: invocation.home, store }, name, trouble), invocation.workdir),
  );
}

async function readHere(name: string, workdir: string) {
  try {
    return { read: await readDefinition(name, workdir), trouble: null };
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== "not_found") throw error;
    return { read: null, trouble: error };
  }
}

/** A stored workflow by name, id or slug. Throws `trouble`, else `AppError("not_found")` with what was meant. */
export function storedWorkflow(
  library: Library,
  name: string,
  trouble: AppError | null = null,
): WorkflowRecord {
  try {
    return openWorkflow(library, name);
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== "not_found") throw error;
    if (trouble) throw trouble;
    const known = listLibrary(library, { limit: 1000 }).items.flatMap((workflow) => [
      workflow.slug,
      workflow.name,
    ]);
    const meant = nearest(name, known);
    const wayOut = meant === null ? '"skillmeat workflow list" lists them' : `did you mean "${meant}"?`;
    throw new AppError("not_found", `there is no workflow "${name}". ${wayOut}`);
  }
}

function looksLikePath(name: string): boolean {
  return name.includes("/") || /\.(ya?ml|json)$/i.test(name);
}

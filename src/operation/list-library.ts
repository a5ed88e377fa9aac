import { refreshIndex, type Library } from "./refresh-index.ts";
import { listWorkflows, type WorkflowFilter } from "../store/list-workflows.ts";
import type { Page } from "../store/page.ts";
import type { WorkflowRecord } from "../store/workflow-record.ts";

/** A page of workflows as the files are now. Throws `AppError("invalid_usage")` for a bad cursor or limit. */
export function listLibrary(library: Library, filter: WorkflowFilter = {}): Page<WorkflowRecord> {
  refreshIndex(library);
  return listWorkflows(library.store, filter);
}

import type { ExecutionRecord } from "../../src/execution/record.ts";
import { executionsPath, withQuery, workflowPath } from "../paths.ts";

export interface ExecutionQuery {
  status: string;
  trigger: string;
  search: string;
  sort: string;
}

export interface ExecutionRow {
  execution: ExecutionRecord;
  /** "at Build UI, 6 of 10". */
  place: string;
}

export interface ExecutionList {
  query: ExecutionQuery;
  rows: readonly ExecutionRow[];
  total: number;
  /** Rows of this page that cannot be read and are not among `rows`. */
  damaged: number;
  next: string | null;
  previous: string | null;
  /** Of one workflow; null: of all. */
  workflow: { slug: string; name: string } | null;
  /** Where runs work that were not told where. */
  workdir: string;
}

export function listPath(workflow: ExecutionList["workflow"], query: ExecutionQuery): string {
  const { status, trigger, search, sort } = query;
  const path = workflow ? workflowPath(workflow.slug, "executions") : executionsPath;
  return withQuery(path, { status, trigger, search, sort: sort === "-started_at" ? "" : sort });
}

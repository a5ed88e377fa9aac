import { AppError } from "../errors.ts";
import { zonedMoment } from "../execution/local-time.ts";
import type { ExecutionRecord } from "../execution/record.ts";
import type { Store } from "../store/database.ts";
import { findExecutions, noExecution, shortestPart } from "../store/executions.ts";

/**
 * The execution that a short id, or any other part of an id, names, with or without the `#` of the pages. Throws
 * `AppError`: `not_found`, or `invalid_usage` that lists those that it may mean.
 */
export function findRun(store: Store, named: string): ExecutionRecord {
  const part = named.replace(/^#/, "");
  if (part.length < shortestPart) {
    throw new AppError(
      "invalid_usage",
      `"${named}" is too short for a run id. give at least ${shortestPart} characters`,
    );
  }
  const [first, ...others] = findExecutions(store, part);
  if (!first) throw noExecution(named);
  if (others.length === 0) return first;
  throw new AppError(
    "invalid_usage",
    `"${named}" may be one of several executions. give more characters of the id`,
    [first, ...others].map(({ run_id, workflow_name, workflow_version, started_at, created_at }) => {
      const at = started_at ?? created_at;
      const started = `started ${zonedMoment(at)}`;
      return { path: run_id, message: `${workflow_name} v${workflow_version}, ${started}` };
    }),
  );
}

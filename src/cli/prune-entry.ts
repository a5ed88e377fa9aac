import type { RetentionOptions } from "../operation/retention.ts";
import { byteText } from "./terminal/byte-text.ts";

type PruneResult = Parameters<RetentionOptions["tell"]>[0];

/** The entry of the lifecycle log for a round of retention. */
export function pruneEntry(result: PruneResult, at: Date): object {
  const entry = { at: at.toISOString(), workflow_id: "", execution_id: null, stage_id: null, attempt: null };
  if ("error" in result) {
    const { error } = result;
    const message = error instanceof Error ? error.message : String(error);
    return { ...entry, level: "error", event: "retention_failed", message };
  }
  const { executions, freed_bytes, left } = result.report;
  const kept = left.length === 0 ? "" : `; ${left.length} worktrees with changes stay`;
  const message = `${executions.length} removed, ${byteText(freed_bytes)} free${kept}`;
  return { ...entry, level: "info", event: "executions_pruned", message };
}

import type { RetentionOptions } from "../operation/retention.ts";
import { byteText } from "./terminal/byte-text.ts";

type Outcome = Parameters<RetentionOptions["tell"]>[0];

/** The entry of the lifecycle log for a round of retention. */
export function pruneEntry(outcome: Outcome, at: Date): object {
  const entry = { at: at.toISOString(), workflow_id: "", execution_id: null, stage_id: null, attempt: null };
  if ("error" in outcome) {
    const { error } = outcome;
    const message = error instanceof Error ? error.message : String(error);
    return { ...entry, level: "error", event: "retention_failed", message };
  }
  const { executions, freed_bytes, left } = outcome.report;
  const kept = left.length === 0 ? "" : `; ${left.length} worktrees with changes stay`;
  const message = `${executions.length} removed, ${byteText(freed_bytes)} free${kept}`;
  return { ...entry, level: "info", event: "executions_pruned", message };
}

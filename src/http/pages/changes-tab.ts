import type { ChangesTab } from "../../../views/executions/execution-view.ts";
import { readUnifiedDiff } from "../../../views/executions/unified-diff.ts";
import type { ExecutionRecord, StepRecord } from "../../execution/record.ts";
import { readStageChanges } from "../../operation/stage-changes.ts";
import type { Context } from "../server/server-parts.ts";

/** What a browser shows without waiting; the API sends more. */
const mostBytes = 1024 * 1024;
const limits = { mostFiles: 200, mostLines: 500, mostLinesInAll: 4000 };

/** What a stage has changed, as its tab shows it; null where it has nothing to compare. */
export async function changesTabOf(
  { home, options }: Context,
  execution: ExecutionRecord,
  step: StepRecord,
): Promise<ChangesTab | null> {
  const diff = await readStageChanges({ home, env: options.env, execution, step, mostBytes });
  if (diff === null || "trouble" in diff) return diff;
  return { ...readUnifiedDiff(diff.text, limits), isCut: diff.isCut, commit: diff.to };
}

import type { ExecutionRecord, StepRecord } from "../../src/execution/record.ts";
import type { EffectiveStage } from "../../src/workflow/effective.ts";
import type { FileProblemFacts } from "./file-problem.tsx";

/** A workflow as lists and headings show it. */
export interface WorkflowSummary {
  id: string;
  slug: string;
  name: string;
  description: string | null;
  version: string;
  status: "draft" | "published" | "archived";
  tags: readonly string[];
  ui: { color?: string; icon?: string } | null;
  stages: readonly EffectiveStage[];
  updated_at: string;
  /** Null: its file is as it should be. */
  file_problem: FileProblemFacts | null;
  /** The newest executions, newest first; at most 12. */
  runs: readonly ExecutionRecord[];
  /** The steps of the newest one. */
  steps: readonly StepRecord[];
}

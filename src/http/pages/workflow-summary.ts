import type { WorkflowSummary } from "../../../views/workflows/workflow-summary.ts";
import type { Store } from "../../store/database.ts";
import { soundSteps } from "../../store/executions.ts";
import { listExecutions } from "../../store/list-executions.ts";
import type { WorkflowRecord } from "../../store/workflow-record.ts";

const runsInStrip = 12;

export function summaryOf(store: Store, workflow: WorkflowRecord): WorkflowSummary {
  const { id, slug, name, description, version, status, tags, ui, stages, updated_at } = workflow;
  const { file_problem } = workflow;
  const hasRun = workflow.last_execution !== null;
  const runs = hasRun ? listExecutions(store, { workflow_id: id, limit: runsInStrip }).items : [];
  const [last] = runs;
  const steps = last ? (soundSteps(store, last.run_id) ?? []) : [];
  return {
    id,
    slug,
    name,
    description,
    version,
    status,
    tags,
    ui,
    stages,
    updated_at,
    file_problem,
    runs,
    steps,
  };
}

import first from "../../drizzle/0000_workflows_and_executions.sql" with { type: "text" };
import firstDown from "../../drizzle/0000_workflows_and_executions.down.sql" with { type: "text" };
import second from "../../drizzle/0001_idempotency_keys.sql" with { type: "text" };
import secondDown from "../../drizzle/0001_idempotency_keys.down.sql" with { type: "text" };
import third from "../../drizzle/0002_workflow_drafts.sql" with { type: "text" };
import thirdDown from "../../drizzle/0002_workflow_drafts.down.sql" with { type: "text" };
import fourth from "../../drizzle/0003_stage_workspace.sql" with { type: "text" };
import fourthDown from "../../drizzle/0003_stage_workspace.down.sql" with { type: "text" };
import fifth from "../../drizzle/0004_retention.sql" with { type: "text" };
import fifthDown from "../../drizzle/0004_retention.down.sql" with { type: "text" };
import sixth from "../../drizzle/0005_workflow_files.sql" with { type: "text" };
import sixthDown from "../../drizzle/0005_workflow_files.down.sql" with { type: "text" };
import seventh from "../../drizzle/0006_web_sessions.sql" with { type: "text" };
import seventhDown from "../../drizzle/0006_web_sessions.down.sql" with { type: "text" };
import eighth from "../../drizzle/0007_step_questions.sql" with { type: "text" };
import eighthDown from "../../drizzle/0007_step_questions.down.sql" with { type: "text" };
import ninth from "../../drizzle/0008_stage_json.sql" with { type: "text" };
import ninthDown from "../../drizzle/0008_stage_json.down.sql" with { type: "text" };
import tenth from "../../drizzle/0009_execution_counts.sql" with { type: "text" };
import tenthDown from "../../drizzle/0009_execution_counts.down.sql" with { type: "text" };
import eleventh from "../../drizzle/0010_agent_stream.sql" with { type: "text" };
import eleventhDown from "../../drizzle/0010_agent_stream.down.sql" with { type: "text" };
import twelfth from "../../drizzle/0011_step_workspace.sql" with { type: "text" };
import twelfthDown from "../../drizzle/0011_step_workspace.down.sql" with { type: "text" };
import thirteenth from "../../drizzle/0012_permission_requests.sql" with { type: "text" };
import thirteenthDown from "../../drizzle/0012_permission_requests.down.sql" with { type: "text" };
import fourteenth from "../../drizzle/0013_budgets.sql" with { type: "text" };
import fourteenthDown from "../../drizzle/0013_budgets.down.sql" with { type: "text" };

/** One step of the schema and the way back. The number of a migration is its place in the list, from 1. */
export interface Migration {
  name: string;
  up: string;
  down: string;
}

/** Every migration, oldest first. A released migration is never changed, because its hash is in people's databases. */
export const migrations: readonly Migration[] = [
  { name: "0000_workflows_and_executions", up: first, down: firstDown },
  { name: "0001_idempotency_keys", up: second, down: secondDown },
  { name: "0002_workflow_drafts", up: third, down: thirdDown },
  { name: "0003_stage_workspace", up: fourth, down: fourthDown },
  { name: "0004_retention", up: fifth, down: fifthDown },
  { name: "0005_workflow_files", up: sixth, down: sixthDown },
  { name: "0006_web_sessions", up: seventh, down: seventhDown },
  { name: "0007_step_questions", up: eighth, down: eighthDown },
  { name: "0008_stage_json", up: ninth, down: ninthDown },
  { name: "0009_execution_counts", up: tenth, down: tenthDown },
  { name: "0010_agent_stream", up: eleventh, down: eleventhDown },
  { name: "0011_step_workspace", up: twelfth, down: twelfthDown },
  { name: "0012_permission_requests", up: thirteenth, down: thirteenthDown },
  { name: "0013_budgets", up: fourteenth, down: fourteenthDown },
];

/** sha256 of a migration's text, hex; it shows whether an applied migration is the one that is known. */
export function migrationHash(migration: Migration): string {
  return new Bun.CryptoHasher("sha256").update(migration.up).digest("hex");
}

import { SQLiteError } from "bun:sqlite";
import { getTableName, type Table } from "drizzle-orm";
import type { Store } from "./database.ts";
import { damagedCondition } from "./damaged-row.ts";
import { workflowDrafts } from "./draft-tables.ts";
import {
  events,
  executionSnapshots,
  executionSteps,
  logLines,
  signals,
  workflowExecutions,
} from "./execution-tables.ts";
import { loginLinks, webSessions } from "./session-tables.ts";
import { isDamage } from "./store-failure.ts";
import { wrongStage } from "./workflow-rows.ts";
import { workflows, workflowStages } from "./workflow-tables.ts";

/** Something that has damaged rows. */
export interface Damage {
  what: "execution" | "workflow" | "draft" | "login" | "signal";
  /** The execution's id, the workflow's `workflow.id`, else the row's own. */
  name: string;
}

/** Finds damage in the rows themselves. Reads all rows, which takes seconds for a gigabyte. */
export function findDamage(store: Store): Damage[] {
  return sources.flatMap(({ what, table, named, also = "0" }) =>
    store
      .prepare<{ name: unknown }, []>(
        `SELECT DISTINCT ${named} AS name FROM ${getTableName(table)} WHERE ${damagedCondition(table)} OR ${also}`,
      )
      .all()
      .map(({ name }): Damage => ({ what, name: String(name) })),
  );
}

/** What `PRAGMA quick_check` finds in the file itself, 20 findings at most; none: the file is sound. */
export function quickCheck(store: Store): string[] {
  try {
    const rows = store.prepare<{ quick_check: string }, []>("PRAGMA quick_check(20)").all();
    return rows.map((row) => row.quick_check).filter((said) => said !== "ok");
  } catch (error) {
    if (error instanceof SQLiteError && isDamage(error)) return [error.message];
    throw error;
  }
}

interface Source {
  what: Damage["what"];
  table: Table;
  /** SQL for what the row belongs to. */
  named: string;
  /** SQL for further conditions under which a row is damaged. */
  also?: string;
}

const ofWorkflow = "coalesce((SELECT slug FROM workflows WHERE id = workflow_id), workflow_id)";
const ofSnapshot =
  "coalesce((SELECT id FROM workflow_executions WHERE snapshot_hash = execution_snapshots.hash LIMIT 1), hash)";

const hasNoStages =
  "CASE WHEN json_valid(definition_json) THEN coalesce(json_type(definition_json, '$.stages'), '') <> 'array' END";

const sources: readonly Source[] = [
  { what: "execution", table: workflowExecutions, named: "id" },
  { what: "execution", table: executionSteps, named: "execution_id" },
  { what: "execution", table: executionSnapshots, named: ofSnapshot, also: hasNoStages },
  { what: "execution", table: events, named: "execution_id" },
  { what: "execution", table: logLines, named: "execution_id" },
  { what: "signal", table: signals, named: "id" },
  { what: "workflow", table: workflows, named: "slug" },
  { what: "workflow", table: workflowStages, named: ofWorkflow, also: wrongStage },
  { what: "draft", table: workflowDrafts, named: "id" },
  { what: "login", table: webSessions, named: "id" },
  { what: "login", table: loginLinks, named: "hash" },
];

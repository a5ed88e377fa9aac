import { sql } from "drizzle-orm";
import { sqliteTable, text, integer, uniqueIndex, index } from "drizzle-orm/sqlite-core";
import { workflows } from "./workflow-tables.ts";

/**
 * A definition somebody is working on in the builder: the text as it is now, what it was made from, and the changes in
 * between, so that they can be taken back. `workflow_id` is null while there is no such workflow yet.
 */
export const workflowDrafts = sqliteTable(
  "workflow_drafts",
  {
    id: text().primaryKey(),
    workflow_id: text().references(() => workflows.id, { onDelete: "cascade" }),
    /** The workflow's name in the text, for lists. */
    name: text().notNull(),
    text: text().notNull(),
    base_text: text().notNull(),
    /** The row's `definition_hash` when `base_text` was read; "" for a new one. */
    base_hash: text().notNull(),
    /** Grows by one with every change of the text. */
    revision: integer().notNull(),
    changes_json: text().notNull(),
    created_at: text().notNull(),
    updated_at: text().notNull(),
  },
  (t) => [
    uniqueIndex("workflow_drafts_workflow")
      .on(t.workflow_id)
      .where(sql`workflow_id is not null`),
    index("workflow_drafts_updated").on(t.workflow_id, t.updated_at, t.id),
  ],
);

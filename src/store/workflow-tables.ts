import { sql } from "drizzle-orm";
import { check, index, integer, primaryKey, sqliteTable, text, uniqueIndex } from "drizzle-orm/sqlite-core";
import { workflowStatuses } from "./workflow-record.ts";

// Each property has its column's name, so that a row read by SQL and one read by drizzle are the same.

export const workflows = sqliteTable(
  "workflows",
  {
    id: text().primaryKey(),
    slug: text().notNull(),
    name: text().notNull(),
    description: text(),
    version: text().notNull().default("1.0.0"),
    status: text({ enum: workflowStatuses }).notNull(),
    author: text(),
    file: text(),
    definition_yaml: text().notNull(),
    definition_hash: text().notNull(),
    tags_json: text().notNull(),
    global_context_module_ids_json: text().notNull(),
    memory_json: text().notNull(),
    config_json: text().notNull(),
    error_policy_json: text().notNull(),
    hooks_json: text().notNull(),
    ui_metadata_json: text().notNull(),
    created_by: text(),
    created_at: text().notNull(),
    updated_at: text().notNull(),
    // "never" is "" instead of null, because a cursor compares it like any other value.
    last_run_at: text().notNull().default(""),
    // The mark of the file when it was last read; the file is read again when its mark differs.
    file_mark: text(),
    file_problem_json: text(),
  },
  (t) => [
    // UNIQUE (name, created_by) alone would let two rows with a null creator share a name.
    uniqueIndex("workflows_name_created_by").on(t.name, sql`coalesce(created_by, '')`),
    uniqueIndex("workflows_slug").on(t.slug),
    uniqueIndex("workflows_file").on(t.file),
    index("workflows_status_updated").on(t.status, t.updated_at, t.id),
    index("workflows_updated").on(t.updated_at, t.id),
    index("workflows_created").on(t.created_at, t.id),
    index("workflows_last_run").on(t.last_run_at, t.id),
    index("workflows_by_name").on(sql`name collate nocase`, t.id),
    check("workflows_status", sql`status in ('draft', 'published', 'archived')`),
  ],
);

/** The tags of `workflows.tags_json` as rows, for filters by index. */
export const workflowTags = sqliteTable(
  "workflow_tags",
  {
    workflow_id: text()
      .notNull()
      .references(() => workflows.id, { onDelete: "cascade" }),
    tag: text().notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.workflow_id, t.tag] }),
    index("workflow_tags_tag").on(t.tag, t.workflow_id),
  ],
);

/** A stage with every default in is one JSON column; its id is one too, so that it cannot be there twice. */
export const workflowStages = sqliteTable(
  "workflow_stages",
  {
    workflow_id: text()
      .notNull()
      .references(() => workflows.id, { onDelete: "cascade" }),
    order_index: integer().notNull(),
    stage_id_ref: text().notNull(),
    stage_json: text().notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.workflow_id, t.order_index] }),
    uniqueIndex("workflow_stages_ref").on(t.workflow_id, t.stage_id_ref),
  ],
);

/** Each saved definition, in the order of saving. */
export const workflowVersions = sqliteTable(
  "workflow_versions",
  {
    workflow_id: text()
      .notNull()
      .references(() => workflows.id, { onDelete: "cascade" }),
    number: integer().notNull(),
    version: text().notNull(),
    definition_yaml: text().notNull(),
    definition_hash: text().notNull(),
    created_at: text().notNull(),
  },
  (t) => [primaryKey({ columns: [t.workflow_id, t.number] })],
);

import { index, integer, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";

/**
 * How many executions there are of each status and trigger. Triggers of the database keep both tables of counts equal
 * to the rows of `workflow_executions`, in the commit of whoever writes those.
 */
export const executionTotals = sqliteTable(
  "execution_totals",
  {
    status: text().notNull(),
    trigger: text().notNull(),
    count: integer().notNull(),
  },
  (t) => [primaryKey({ columns: [t.status, t.trigger] })],
);

/** The same for each workflow. A workflow that was renamed has rows under both names. */
export const executionCounts = sqliteTable(
  "execution_counts",
  {
    /** Empty: executions of no stored workflow. */
    workflow_id: text().notNull(),
    workflow_slug: text().notNull(),
    workflow_name: text().notNull(),
    status: text().notNull(),
    trigger: text().notNull(),
    count: integer().notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.workflow_id, t.workflow_slug, t.workflow_name, t.status, t.trigger] }),
    index("execution_counts_slug").on(t.workflow_slug),
    index("execution_counts_name").on(t.workflow_name),
  ],
);

import type { SQLQueryBindings } from "bun:sqlite";
import { and, asc, desc, eq, sql, type SQL } from "drizzle-orm";
import type { Store } from "./database.ts";
import { likePattern } from "./like-pattern.ts";
import { askPage, pageOf, type Cursor, type Page } from "./page.ts";
import { readWorkflows } from "./read-workflows.ts";
import type { WorkflowRecord, WorkflowStatus } from "./workflow-record.ts";
import type { WorkflowRow } from "./workflow-rows.ts";
import { workflows as table } from "./workflow-tables.ts";

export const workflowSorts = [
  "name",
  "-name",
  "updated_at",
  "-updated_at",
  "created_at",
  "-created_at",
  "last_run",
  "-last_run",
] as const;
export type WorkflowSort = (typeof workflowSorts)[number];

/** Which workflows to list; a field that is null or absent does not narrow the list. */
export interface WorkflowFilter {
  status?: WorkflowStatus | null;
  /** All of them. */
  tags?: readonly string[];
  /** Plain text in name, `workflow.id`, description or a tag, in any case of letters. */
  search?: string | null;
  /** `-`: descending; `last_run` puts workflows that never ran first, `-last_run` puts them last. */
  sort?: WorkflowSort;
  /** 1 to 1,000, 20. */
  limit?: number;
  cursor?: string | null;
}

/** A page of workflows. Throws `AppError("invalid_usage")` for a bad cursor or limit. */
export function listWorkflows(store: Store, filter: WorkflowFilter = {}): Page<WorkflowRecord> {
  const { status, tags, search, sort = "-updated_at" } = filter;
  const asked = askPage({ name: "workflows", sort, status, tags, search }, filter);
  const { limit, cursor } = asked;
  const { key, descends } = orderOf(sort);
  const conditions = conditionsOf(filter, key);
  const direction = cursor?.direction === "before" ? !descends : descends;
  const order = direction ? desc : asc;
  const expression = sortExpressions[key];
  const query = store.orm
    .select()
    .from(table)
    .where(and(...conditions, cursor ? isBeyond(expression, cursor, direction) : undefined))
    .orderBy(order(expression), order(table.id))
    .limit(limit + 1)
    .toSQL();
  const rows = store.prepare<WorkflowRow, SQLQueryBindings[]>(query.sql).all(...bindings(query.params));
  const placeOf = (row: WorkflowRow) => ({ id: row.id, value: row[sortColumns[key]] });
  return pageOf(rows, asked, { count: countRows(store, conditions), isLeast: false }, placeOf, (kept) =>
    readWorkflows(store, kept),
  );
}

/** Every tag with the number of workflows that have it, by name. */
export function workflowTagCounts(store: Store): { tag: string; count: number }[] {
  return store
    .prepare<{ tag: string; count: number }, []>(
      "SELECT tag, count(*) AS count FROM workflow_tags GROUP BY tag ORDER BY tag",
    )
    .all();
}

type SortKey = "name" | "updated_at" | "created_at" | "last_run";

const sortExpressions: Record<SortKey, SQL> = {
  name: sql`name collate nocase`,
  updated_at: sql`updated_at`,
  created_at: sql`created_at`,
  last_run: sql`last_run_at`,
};

const sortColumns = {
  name: "name",
  updated_at: "updated_at",
  created_at: "created_at",
  last_run: "last_run_at",
} as const;

function orderOf(sort: WorkflowSort): { key: SortKey; descends: boolean } {
  const descends = sort.startsWith("-");
  return { key: (descends ? sort.slice(1) : sort) as SortKey, descends };
}

function conditionsOf(filter: WorkflowFilter, key: SortKey): SQL[] {
  const conditions: SQL[] = [];
  if (filter.status) {
    // Only one index begins with the status; for any other order the + keeps SQLite from using it and sorting.
    conditions.push(key === "updated_at" ? eq(table.status, filter.status) : sql`+status = ${filter.status}`);
  }
  for (const tag of filter.tags ?? []) {
    conditions.push(
      sql`exists (select 1 from workflow_tags t where t.workflow_id = workflows.id and t.tag = ${tag})`,
    );
  }
  if (filter.search) {
    const pattern = likePattern(filter.search);
    const tagged = sql`select 1 from workflow_tags t
      where t.workflow_id = workflows.id and t.tag like ${pattern} escape '\\'`;
    conditions.push(
      sql`(name like ${pattern} escape '\\' or slug like ${pattern} escape '\\'
        or description like ${pattern} escape '\\' or exists (${tagged}))`,
    );
  }
  return conditions;
}

function isBeyond(expression: SQL, cursor: Cursor, descends: boolean): SQL {
  const comparison = sql.raw(descends ? "<" : ">");
  const seek = sql`${expression} ${comparison}= ${cursor.value}`;
  return sql`${seek} and (${expression}, id) ${comparison} (${cursor.value}, ${cursor.id})`;
}

function countRows(store: Store, conditions: readonly SQL[]): number {
  const query = store.orm
    .select({ count: sql<number>`count(*)`.as("count") })
    .from(table)
    .where(and(...conditions))
    .toSQL();
  const row = store.prepare<{ count: number }, SQLQueryBindings[]>(query.sql).get(...bindings(query.params));
  return row?.count ?? 0;
}

function bindings(params: readonly unknown[]): SQLQueryBindings[] {
  return params as SQLQueryBindings[];
}

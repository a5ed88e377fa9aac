import { and, asc, desc, eq, getTableColumns, gte, inArray, lt, sql, type SQL } from "drizzle-orm";
import type { SQLQueryBindings } from "bun:sqlite";
import { AppError } from "../errors.ts";
import type { ExecutionRecord } from "../execution/record.ts";
import { readable } from "./damaged-row.ts";
import type { Store } from "./database.ts";
import { countExecutions, type CountedFilter } from "./execution-counts.ts";
import { executionRecord, type ExecutionRow } from "./execution-rows.ts";
import { notEnded, startedOrCreated, workflowExecutions as table } from "./execution-tables.ts";
import { likePattern } from "./like-pattern.ts";
import { askPage, pageOf, type Cursor, type Page, type Total } from "./page.ts";

export const executionSorts = ["-started_at", "started_at"] as const;
export type ExecutionSort = (typeof executionSorts)[number];

/** Counting more rows than these would take longer than reading a page. */
export const mostCounted = 10_000;

/** Which executions to list; a field that is null or absent does not narrow the list. */
export interface ExecutionFilter extends Omit<CountedFilter, "names"> {
  /** Any text that `Date` reads, inclusive. */
  started_after?: string | null;
  /** Exclusive. */
  started_before?: string | null;
  /** Plain text in the workflow's name, in any case of letters. */
  search?: string | null;
  sort?: ExecutionSort;
  /** 1 to 1,000, 20. */
  limit?: number;
  cursor?: string | null;
}

/**
 * A page of executions, sorted by when they started (or were made, if they have not started); times in filters mean the
 * same. Throws `AppError("invalid_usage")` for a bad cursor, limit or time.
 */
export function listExecutions(store: Store, filter: ExecutionFilter = {}): Page<ExecutionRecord> {
  const { limit: _, cursor: __, sort = "-started_at", ...narrowed } = filter;
  const asked = askPage({ name: "executions", sort, ...narrowed }, filter);
  const { limit, cursor } = asked;
  const names = filter.search ? matchingNames(store, filter.search) : null;
  const kept = conditionsOf(filter, names);
  const rows = names?.length === 0 ? [] : readRows(store, filter, kept, cursor, limit + 1);
  const total = totalOf(store, filter, kept, names);
  return pageOf(rows, asked, total, placeOf, (kept) => readable(kept, executionRecord));
}

function placeOf(row: ExecutionRow): { id: string; value: string } {
  return { id: row.id, value: row.started_at ?? row.created_at };
}

function readRows(
  store: Store,
  filter: ExecutionFilter,
  conditions: Condition[],
  cursor: Cursor | null,
  limit: number,
): ExecutionRow[] {
  const listDescends = (filter.sort ?? "-started_at") === "-started_at";
  const descends = listDescends !== (cursor?.direction === "before");
  const direction = descends ? desc : asc;
  const query = store.orm
    .select(columnsInLists)
    .from(table)
    .where(and(...conditions.map(({ toRead }) => toRead), cursor ? isBeyond(cursor, descends) : undefined))
    .orderBy(direction(startedOrCreated), direction(table.id))
    .limit(limit)
    .toSQL();
  return store.prepare<ExecutionRow, SQLQueryBindings[]>(query.sql).all(...bindings(query.params));
}

/** No counts are kept by time, so at most `mostCounted` executions are counted when the filter has a time. */
function totalOf(
  store: Store,
  filter: ExecutionFilter,
  conditions: Condition[],
  names: string[] | null,
): Total {
  if (names?.length === 0) return { count: 0, isLeast: false };
  if (!filter.started_after && !filter.started_before) {
    return { count: countExecutions(store, { ...filter, names }), isLeast: false };
  }
  const rows = store.orm
    .select({ one: sql`1` })
    .from(table)
    .where(and(...conditions.map(({ toCount }) => toCount)))
    .limit(mostCounted + 1)
    .toSQL();
  const counted = store
    .prepare<{ count: number }, SQLQueryBindings[]>(`SELECT count(*) AS count FROM (${rows.sql})`)
    .get(...bindings(rows.params));
  const count = counted?.count ?? 0;
  return { count: Math.min(count, mostCounted), isLeast: count > mostCounted };
}

/** A condition as the page needs it, whose order must come from an index, and as the count needs it. */
interface Condition {
  toRead: SQL;
  toCount: SQL;
}

function conditionsOf(filter: ExecutionFilter, names: string[] | null): Condition[] {
  const conditions: Condition[] = [];
  const addCondition = (condition: SQL) => conditions.push({ toRead: condition, toCount: condition });
  if (filter.workflow_id) addCondition(eq(table.workflow_id, filter.workflow_id));
  if (filter.workflow_slug) addCondition(eq(table.workflow_slug, filter.workflow_slug));
  if (filter.workflow_name) addCondition(eq(table.workflow_name, filter.workflow_name));
  if (filter.status) addCondition(eq(table.status, filter.status));
  if (filter.live) addCondition(notEnded);
  if (filter.trigger) addCondition(eq(table.trigger, filter.trigger));
  if (filter.started_after)
    addCondition(gte(startedOrCreated, isoTime("started_after", filter.started_after)));
  if (filter.started_before)
    addCondition(lt(startedOrCreated, isoTime("started_before", filter.started_before)));
  const [first, ...others] = names ?? [];
  if (first !== undefined && others.length === 0) addCondition(eq(table.workflow_name, first));
  if (names && others.length > 0) {
    // The + keeps SQLite from using the index over names, whose rows would have to be sorted.
    const list = sql`(select value from json_each(${JSON.stringify(names)}))`;
    conditions.push({ toRead: sql`+workflow_name in ${list}`, toCount: inArray(table.workflow_name, list) });
  }
  return conditions;
}

function isBeyond(cursor: Cursor, descends: boolean): SQL {
  const comparison = sql.raw(descends ? "<" : ">");
  // The first comparison is for the index: SQLite does not seek by a pair that contains an expression.
  const seek = sql`${startedOrCreated} ${comparison}= ${cursor.value}`;
  return sql`${seek} and (${startedOrCreated}, id) ${comparison} (${cursor.value}, ${cursor.id})`;
}

/** There are few names where there are many executions, so the names are searched first. */
function matchingNames(store: Store, search: string): string[] {
  return store
    .prepare<{ name: string }, [string]>(selectNames)
    .all(likePattern(search))
    .map(({ name }) => name);
}

function isoTime(path: string, given: string): string {
  const time = new Date(given);
  const day = /^\d{4}-\d\d-\d\d(?=T|$)/.exec(given)?.[0];
  // The parser takes the 30th of February for the 2nd of March, so the text is compared with the result.
  const isDay = day === undefined || new Date(day).toISOString().startsWith(day);
  if (!Number.isNaN(time.getTime()) && isDay) return time.toISOString();
  const message = `${path} is "${given}", which is not a time. write it as 2026-01-31 or 2026-01-31T12:00:00Z`;
  throw new AppError("invalid_usage", message, [{ path, message: "not a time" }]);
}

function bindings(params: readonly unknown[]): SQLQueryBindings[] {
  return params as SQLQueryBindings[];
}

const { machine_json: _, ...columnsInLists } = getTableColumns(table);

// Jumps from name to name in the index: DISTINCT would read the entry of every execution.
const selectNames = `WITH RECURSIVE names (name) AS (
  SELECT min(workflow_name) FROM workflow_executions
  UNION ALL
  SELECT (SELECT min(workflow_name) FROM workflow_executions WHERE workflow_name > name)
  FROM names WHERE name IS NOT NULL
) SELECT name FROM names WHERE name LIKE ? ESCAPE '\\' LIMIT 1000`;

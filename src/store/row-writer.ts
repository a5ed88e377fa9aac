import { getTableColumns, getTableName, type Table } from "drizzle-orm";
import type { SQLQueryBindings } from "bun:sqlite";
import type { Store } from "./database.ts";

/** Writes rows of one table through a prepared statement; returns the number of rows it changed. */
export type RowWriter<Row> = (store: Store, row: Row) => number;

// drizzle's own `.prepare()` is not used: its run() does not say how many rows it changed, and its statements cannot be
// closed with the store. The texts come from drizzle's tables, so that the columns cannot drift from them. It is also a
// seventh faster (`bench/store.ts`).

/** `INSERT INTO table (columns) VALUES (…)`, with `ending` after it (`ON CONFLICT …`). */
export function inserter<T extends Table, C extends keyof T["$inferSelect"] & string>(
  table: T,
  columns: readonly C[],
  ending = "",
): RowWriter<Pick<T["$inferSelect"], C>> {
  const places = columns.map(() => "?").join(", ");
  const names = columns.map(quoteName).join(", ");
  const text = `INSERT INTO ${quoteName(getTableName(table))} (${names}) VALUES (${places}) ${ending}`;
  return writer(text, columns);
}

/** `UPDATE table SET columns WHERE keys`; a key may be null. */
export function updater<T extends Table, C extends keyof T["$inferSelect"] & string>(
  table: T,
  columns: readonly C[],
  keys: readonly C[],
): RowWriter<Pick<T["$inferSelect"], C>> {
  const assigned = columns.map((name) => `${quoteName(name)} = ?`).join(", ");
  const condition = keys.map((name) => `${quoteName(name)} IS ?`).join(" AND ");
  const text = `UPDATE ${quoteName(getTableName(table))} SET ${assigned} WHERE ${condition}`;
  return writer(text, [...columns, ...keys]);
}

/** Every column of a table except some. */
export function columnsBut<T extends Table, C extends keyof T["$inferSelect"] & string>(
  table: T,
  left: readonly C[],
): Exclude<keyof T["$inferSelect"] & string, C>[] {
  const names = Object.keys(getTableColumns(table)) as (keyof T["$inferSelect"] & string)[];
  return names.filter((name) => !(left as readonly string[]).includes(name)) as Exclude<
    keyof T["$inferSelect"] & string,
    C
  >[];
}

function writer<Row>(text: string, columns: readonly (keyof Row & string)[]): RowWriter<Row> {
  return (store, row) => {
    const values = columns.map((name) => row[name] as SQLQueryBindings);
    return store.prepare(text).run(...values).changes;
  };
}

function quoteName(name: string): string {
  return `"${name}"`;
}

import { getTableColumns, getTableName, type Table } from "drizzle-orm";
import { AppError } from "../errors.ts";

/** Thrown for a row that says what this program never wrote. Only what the row is a part of becomes unreadable. */
export class DamagedRow extends AppError {
  constructor(what: string) {
    super(
      "unavailable",
      `${what} cannot be read: it is damaged in the database. all others can be read. "skillmeat doctor" names ` +
        'what is damaged; keep a copy with "skillmeat db backup <file>" before you repair it or restore a backup',
    );
    this.name = "DamagedRow";
  }
}

/**
 * The type of value in each JSON column, by the column's name in every table; `null` where the type says so as well.
 */
const jsonKinds = {
  agents_json: "object",
  answer_json: "object",
  attempts_json: "objects",
  changes_json: "objects",
  config_json: "object",
  context_consumed_json: "objects",
  data_json: "object",
  definition_json: "object",
  error_policy_json: "object",
  file_problem_json: "object",
  gate_json: "object",
  global_context_module_ids_json: "strings",
  hooks_json: "object",
  inputs_json: "object",
  logs_json: "object",
  machine_json: "object",
  memory_json: "object",
  modules_json: "object",
  options_json: "object",
  outputs_json: "object",
  overrides_json: "object",
  parameters_json: "object",
  permission_requests_json: "objects",
  signal_json: "object",
  stage_json: "object",
  tags_json: "strings",
  ui_metadata_json: "object",
  usage_json: "object",
  budget_json: "object",
  waiting_gates_json: "strings",
  workspace_json: "object",
} as const satisfies Record<string, "object" | "objects" | "strings">;

export type JsonColumn = keyof typeof jsonKinds;

/** Columns that hold the text `null` where there is nothing. */
const mayHoldNull: ReadonlySet<string> = new Set<JsonColumn>([
  "memory_json",
  "ui_metadata_json",
  "gate_json",
]);

/** The value of a JSON column, null where it holds none. Throws `DamagedRow` for what is not JSON of its kind. */
export function storedJson<T>(column: JsonColumn, text: string | null, what: string): T {
  const value = parseStored(text, what);
  const isEmpty = value === null && (text === null || mayHoldNull.has(column));
  if (!isEmpty && !isOfKind(value, jsonKinds[column])) throw new DamagedRow(what);
  return value as T;
}

function parseStored(text: string | null, what: string): unknown {
  try {
    return text === null ? null : JSON.parse(text);
  } catch {
    throw new DamagedRow(what);
  }
}

function isOfKind(value: unknown, kind: (typeof jsonKinds)[JsonColumn]): boolean {
  if (kind === "object") return isObject(value);
  if (!Array.isArray(value)) return false;
  return value.every((each) => (kind === "strings" ? typeof each === "string" : isObject(each)));
}

function isObject(value: unknown): boolean {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Throws `DamagedRow` when a column that was read has a type or a word that its table does not allow. */
export type RowCheck = (row: Readonly<Record<string, unknown>>, what: string) => void;

export function rowCheck(table: Table): RowCheck {
  const facts = columnFacts(table);
  return (row, what) => {
    for (const { name, type, isNullable, words } of facts) {
      const value = row[name];
      if (value === undefined || (value === null && isNullable)) continue;
      if (typeof value !== type || (words && !words.has(value as string))) throw new DamagedRow(what);
    }
  };
}

interface ColumnFacts {
  name: string;
  type: "string" | "number";
  isNullable: boolean;
  /** Null: any. */
  words: ReadonlySet<string> | null;
}

function columnFacts(table: Table): ColumnFacts[] {
  return Object.entries(getTableColumns(table)).map(([name, column]) => ({
    name,
    type: column.dataType === "number" ? "number" : "string",
    isNullable: !column.notNull,
    words: column.enumValues ? new Set(column.enumValues) : null,
  }));
}

/** The rows that can be read; the others are counted. */
export function readable<Row, T>(
  rows: readonly Row[],
  read: (row: Row) => T,
): { items: T[]; damaged: number } {
  const items = rows.flatMap((row) => {
    const record = unlessDamaged(() => read(row));
    return record === null ? [] : [record];
  });
  return { items, damaged: rows.length - items.length };
}

/** The result of `read`; null when it finds a damaged row. */
export function unlessDamaged<T>(read: () => T): T | null {
  try {
    return read();
  } catch (error) {
    if (error instanceof DamagedRow) return null;
    throw error;
  }
}

/** SQL that is true for a row of the table that is damaged. */
export function damagedCondition(table: Table): string {
  const conditions = columnFacts(table).flatMap(({ name, type, isNullable, words }) => {
    const column = `"${getTableName(table)}"."${name}"`;
    const types = type === "number" ? ["integer", "real"] : ["text"];
    const allowed = [...types, ...(isNullable ? ["null"] : [])].map((word) => `'${word}'`);
    const wrongType = `typeof(${column}) NOT IN (${allowed.join(", ")})`;
    const wrongWord = words ? [`${column} NOT IN (${[...words].map((word) => `'${word}'`).join(", ")})`] : [];
    return [wrongType, ...wrongWord, ...wrongJson(name, column)];
  });
  return conditions.map((condition) => `coalesce((${condition}), 0)`).join(" OR ");
}

function wrongJson(name: string, column: string): string[] {
  if (!Object.hasOwn(jsonKinds, name)) return [];
  const kind = jsonKinds[name as JsonColumn];
  const type = kind === "object" ? "object" : "array";
  const types = mayHoldNull.has(name) ? `'${type}', 'null'` : `'${type}'`;
  const element = kind === "strings" ? "text" : "object";
  const within =
    kind === "object" ? "0" : `EXISTS (SELECT 1 FROM json_each(${column}) WHERE type <> '${element}')`;
  // Asking for the type of a text that is not JSON would end the statement with an error.
  return [
    `CASE WHEN ${column} IS NULL THEN 0 WHEN NOT json_valid(${column}) THEN 1 ` +
      `WHEN json_type(${column}) NOT IN (${types}) THEN 1 ELSE ${within} END`,
  ];
}

import type { Database } from "bun:sqlite";
import { afterAll, expect, test } from "bun:test";
import { getTableColumns, getTableName, is, type Table } from "drizzle-orm";
import { getTableConfig, SQLiteTable } from "drizzle-orm/sqlite-core";
import { mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { EffectiveGate } from "../workflow/effective.ts";
import { aDefinition, aStage } from "../testing/a-definition.ts";
import { aNewExecution } from "../testing/an-execution.ts";
import { openStore, type Store } from "./database.ts";
import { findDamage } from "./find-damage.ts";
import { getWorkflow } from "./read-workflows.ts";
import * as countTables from "./count-tables.ts";
import * as draftTables from "./draft-tables.ts";
import * as executionTables from "./execution-tables.ts";
import { getSteps } from "./executions.ts";
import { eventsAfter } from "./feed.ts";
import { registerHolder } from "./leases.ts";
import { migrate } from "./migrate.ts";
import { migrations, type Migration } from "./migrations.ts";
import { postSignal } from "./signals.ts";
import { commitTransitions } from "./transitions.ts";
import * as sessionTables from "./session-tables.ts";
import { addLoginLink, addSession } from "./sessions.ts";
import * as workflowTables from "./workflow-tables.ts";
import { createWorkflow } from "./workflows.ts";

const root = mkdtempSync(join(tmpdir(), "migrate-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** Rebuilds a table that others refer to: with foreign keys on, this would delete their rows. */
const rebuilds: Migration = {
  name: "9999_rebuild",
  up: `CREATE TABLE next (id text PRIMARY KEY NOT NULL, pid integer NOT NULL, process_start text NOT NULL,
    boot_id text NOT NULL, kind text NOT NULL, heartbeat_at text NOT NULL, note text);
    INSERT INTO next SELECT *, 'kept' FROM holders; DROP TABLE holders; ALTER TABLE next RENAME TO holders;`,
  down: "ALTER TABLE holders DROP COLUMN note;",
};
const next = [...migrations, rebuilds];
const rooms = { ...workflowTables, ...executionTables, ...countTables, ...draftTables, ...sessionTables };
const tables = Object.values(rooms).filter((value) => is(value, SQLiteTable));

function aFilledStore(): Store {
  const store = openStore(join(mkdtempSync(join(root, "d-")), "workflows.db"));
  const at = "2026-01-01T00:00:00.000Z";
  registerHolder(store, { id: "h", pid: 1, process_start: "1", boot_id: "b", kind: "run", heartbeat_at: at });
  const definition = { text: "text", hash: "hash", effective: aDefinition({ tags: ["a"] }) };
  createWorkflow(store, { id: "w", definition, status: "draft", created_by: null, file: null, at });
  const created = aNewExecution({ execution: { workflow_id: "w", run_id: "run" } });
  commitTransitions(store, { holder_id: "h", created: [created], updated: [] });
  postSignal(store, { id: "s", run_id: "run", signal: { type: "pause" }, created_at: at });
  const session = { id: "b", hash: "h", token_mark: "m", client: "Firefox" };
  addSession(store, { ...session, created_at: at, expires_at: "2026-02-01T00:00:00.000Z" });
  addLoginLink(store, { hash: "l", expires_at: "2026-01-01T00:10:00.000Z" }, at);
  return store;
}

/** Every row of every table, by table. */
function content(sqlite: Database): Record<string, unknown[]> {
  const names = tables.map(getTableName).toSorted();
  return Object.fromEntries(names.map((name) => [name, sqlite.query(`SELECT * FROM ${name}`).all()]));
}

function version(sqlite: Database): unknown {
  return sqlite.query("PRAGMA user_version").get();
}

function backups(store: Store): string[] {
  return readdirSync(join(store.path, ".."))
    .filter((name) => name.endsWith(".backup"))
    .toSorted((a, b) => a.localeCompare(b, "en", { numeric: true }));
}

test("a migration forward and back keeps every row, and each time the file is copied first", () => {
  const store = aFilledStore();
  const before = content(store.sqlite);
  const { holders: _, ...others } = before;
  migrate(store.sqlite, store.path, next);
  expect(version(store.sqlite)).toEqual({ user_version: next.length });
  expect(content(store.sqlite)).toMatchObject(others);
  expect(store.sqlite.query("SELECT id, note FROM holders").all()).toEqual([{ id: "h", note: "kept" }]);
  migrate(store.sqlite, store.path, next, migrations.length);
  expect(content(store.sqlite)).toEqual(before);
  expect(store.sqlite.query("PRAGMA foreign_keys").get()).toEqual({ foreign_keys: 1 });
  const copies = [migrations.length, next.length].map((schema) => `workflows.db.schema-${schema}.backup`);
  expect(backups(store)).toEqual(copies.toSorted());
  const copy = join(store.path, "..", copies[0] ?? "");
  expect(statSync(copy).mode & 0o777).toBe(0o600);
  const restored = openStore(copy);
  expect(content(restored.sqlite)).toEqual(before);
  restored.close();
  store.close();
});

test("all the way back leaves no table of ours, and forward again makes the same schema", () => {
  const { sqlite, path, close } = aFilledStore();
  const schema = () => sqlite.query("SELECT type, name, sql FROM sqlite_schema ORDER BY type, name").all();
  const before = schema();
  migrate(sqlite, path, migrations, 0);
  expect(sqlite.query("SELECT name FROM sqlite_schema WHERE type = 'table'").all()).toEqual([
    { name: "schema_migrations" },
  ]);
  migrate(sqlite, path, migrations);
  expect(schema()).toEqual(before);
  close();
});

const broken: [string, string, string][] = [
  ["wrong SQL", "DELETE FROM signals; SELECT nonsense FROM nowhere;", "no such table: nowhere"],
  ["a reference to nothing", "DELETE FROM holders;", "leaves rows of leases without their holders"],
];
test.each(broken)("a migration with %s changes nothing", (_, up, message) => {
  const store = aFilledStore();
  const before = content(store.sqlite);
  const list = [...migrations, { name: "bad", up, down: "" }];
  expect(() => migrate(store.sqlite, store.path, list)).toThrow(message);
  expect(content(store.sqlite)).toEqual(before);
  expect(version(store.sqlite)).toEqual({ user_version: migrations.length });
  expect(store.sqlite.query("PRAGMA foreign_keys").get()).toEqual({ foreign_keys: 1 });
  store.close();
});

test("a database whose migrations were others is refused", () => {
  const store = aFilledStore();
  const others = [...migrations.map((known) => ({ ...known, up: `${known.up}\n` })), rebuilds];
  expect(() => migrate(store.sqlite, store.path, others)).toThrow("made by another build of skillmeat");
  expect(version(store.sqlite)).toEqual({ user_version: migrations.length });
  store.close();
});

test("two connections that migrate at once apply each migration once", () => {
  const store = aFilledStore();
  const other = openStore(store.path);
  migrate(store.sqlite, store.path, next);
  migrate(other.sqlite, other.path, next);
  const applied = store.sqlite.query("SELECT number FROM schema_migrations ORDER BY number").all();
  expect(applied).toEqual(next.map((_, index) => ({ number: index + 1 })));
  other.close();
  store.close();
});

test.each(tables.map((table) => [getTableName(table), table] as const))(
  "the table %s is what drizzle's tables say: columns, types, indexes",
  (name, table) => {
    const { sqlite } = openStore(":memory:");
    const columns = sqlite
      .query<{ name: string; type: string; notnull: number; pk: number }, [string]>(
        'SELECT name, type, "notnull", pk FROM pragma_table_info(?)',
      )
      .all(name);
    const declared = Object.entries(getTableColumns(table as Table));
    expect(declared.every(([property, column]) => property === column.name)).toBe(true);
    expect(columns.map((column) => [column.name, column.type.toLowerCase(), column.notnull === 1])).toEqual(
      declared.map(([, column]) => [column.name, column.getSQLType(), column.notNull]),
    );
    const made = sqlite
      .query<{ name: string }, [string]>(
        "SELECT name FROM pragma_index_list(?) WHERE origin = 'c' ORDER BY name",
      )
      .all(name);
    const wanted = getTableConfig(table as SQLiteTable).indexes.map(({ config }) => ({ name: config.name }));
    expect(made).toEqual(wanted.toSorted((a, b) => (a.name < b.name ? -1 : 1)));
  },
);

test.each([
  ["workflows", "status", "lost"],
  ["workflow_executions", "status", "lost"],
  ["workflow_executions", "trigger", "lost"],
  ["workflow_executions", "had_failures", 2],
  ["execution_steps", "status", "lost"],
  ["execution_steps", "step_type", "lost"],
  ["execution_steps", "reused", 2],
  ["log_lines", "stream", "lost"],
])("%s.%s takes only what it can mean", (table, column, value) => {
  const store = aFilledStore();
  store.sqlite.run(
    "INSERT INTO log_lines (execution_id, seq, stage_id, attempt, at, stream, text) VALUES ('run', 9, 's', 1, '', 'stdout', '')",
  );
  expect(() => store.sqlite.run(`UPDATE ${table} SET "${column}" = ?`, [value])).toThrow(
    "CHECK constraint failed",
  );
  store.close();
});

test("the steps of an older database learn from its events what gates ask and why stages were skipped", () => {
  const store = aFilledStore();
  const { sqlite, path } = store;
  migrate(sqlite, path, migrations, 7);
  const addEvent = sqlite.query(
    "INSERT INTO events (execution_id, seq, type, stage_id, at, data_json) VALUES ('run', ?, ?, ?, '', ?)",
  );
  const asked = { deadline_at: "2026-01-02T00:00:00.000Z", approvers: ["ada"], message: "ship it?" };
  addEvent.run(2, "gate_waiting", "stage-0", JSON.stringify(asked));
  const reason = "the condition is false: ${{ inputs.deploy }}";
  addEvent.run(3, "stage_skipped", "stage-1", JSON.stringify({ reason, outputs: {} }));
  sqlite.run("UPDATE execution_steps SET step_type = 'gate', started_at = '2026-01-01' WHERE position = 0");
  sqlite
    .query("UPDATE execution_steps SET status = 'skipped', skip_reason = ? WHERE position = 1")
    .run(reason);
  migrate(sqlite, path, migrations);
  const [gate, skipped] = getSteps(store, "run");
  expect(gate?.gate).toEqual({ message: "ship it?", approvers: ["ada"] });
  expect(skipped?.skip_cause).toBe("condition");
  expect(eventsAfter(store, "run", 2, 1)).toMatchObject([
    { type: "stage_skipped", data: { reason, cause: "condition" } },
  ]);
  store.close();
});

test("the stages of an older database go into one column each and come back, damaged ones alone stay damaged", () => {
  const store = aFilledStore();
  const { sqlite, path } = store;
  const at = "2026-01-01T00:00:00.000Z";
  const gate = aStage({
    id: "ask",
    type: "gate",
    roles: null,
    gate: aGate,
    depends_on: ["write"],
    ui: { color: "#fff" },
  });
  const worktree = aStage({
    workspace: "worktree",
    condition: "parameters.go",
    description: 'It\u2019s "so"',
  });
  const effective = aDefinition({ id: "two", name: "Two" }, [worktree, gate]);
  const definition = { text: "two", hash: "two", effective };
  createWorkflow(store, { id: "w2", definition, status: "draft", created_by: null, file: null, at });
  migrate(sqlite, path, migrations, 8);
  const row = sqlite.query("SELECT * FROM workflow_stages WHERE stage_id_ref = 'ask'").get();
  expect(row).toMatchObject({
    order_index: 1,
    name: "Write",
    stage_type: "gate",
    roles_json: "null",
    created_at: at,
  });
  expect(
    sqlite.query("SELECT workspace, gate_json FROM workflow_stages WHERE workflow_id = 'w2'").all(),
  ).toEqual([
    { workspace: "worktree", gate_json: null },
    { workspace: "shared", gate_json: JSON.stringify(aGate) },
  ]);
  sqlite.run("UPDATE workflow_stages SET inputs_json = '{' WHERE workflow_id = 'w'");
  migrate(sqlite, path, migrations);
  expect(getWorkflow(store, "w2").stages).toEqual(effective.stages);
  expect(() => getWorkflow(store, "w")).toThrow("damaged");
  migrate(sqlite, path, migrations, 8);
  expect(sqlite.query("SELECT inputs_json FROM workflow_stages WHERE workflow_id = 'w'").get()).toEqual({
    inputs_json: "",
  });
  migrate(sqlite, path, migrations);
  expect(getWorkflow(store, "w2").stages).toEqual(effective.stages);
  expect(findDamage(store)).toEqual([{ what: "workflow", name: "ship" }]);
  store.close();
});

const aGate: EffectiveGate = {
  kind: "manual_approval",
  approvers: ["ada"],
  timeout: "24h",
  on_timeout: "halt",
  message: "go?",
  on_skip: "skip_dependents",
};

test("an older schema keeps what agents said as plain lines of their output", () => {
  const store = aFilledStore();
  const { sqlite, path } = store;
  const add = sqlite.query(
    "INSERT INTO log_lines (execution_id, seq, stage_id, attempt, at, stream, text) VALUES ('run', ?, 's', 1, '', ?, ?)",
  );
  add.run(7, "stdout", '{"a":1}');
  add.run(8, "agent", '{"kind":"message","text":"hi"}');
  add.run(9, "agent", '{"kind":"tool_call","title":"ls"}');
  add.run(10, "agent", "torn");
  migrate(sqlite, path, migrations, 10);
  const lines = sqlite.query("SELECT stream, text FROM log_lines WHERE seq > 6 ORDER BY seq");
  const kept = ['{"a":1}', "hi", "ls", "torn"].map((text) => ({ stream: "stdout", text }));
  expect(lines.all()).toEqual(kept);
  migrate(sqlite, path, migrations);
  expect(lines.all()).toEqual(kept);
  store.close();
});

import { getTableName } from "drizzle-orm";
import type { LogStream } from "../src/execution/event.ts";
import type { TranscriptEvent } from "../src/execution/transcript.ts";
import { runTransaction, type Store } from "../src/store/database.ts";
import { events, executionSteps, workflowExecutions } from "../src/store/execution-tables.ts";
import { columnsBut } from "../src/store/row-writer.ts";
import { createWorkflow } from "../src/store/workflows.ts";
import { commitTransitions } from "../src/store/transitions.ts";
import { registerHolder, removeHolder } from "../src/store/leases.ts";
import { aDefinition, aStage } from "../src/testing/a-definition.ts";
import { aNewExecution } from "../src/testing/an-execution.ts";

const startMs = Date.parse("2026-01-01T00:00:00.000Z");

/** Workflows of three stages, each with a definition of about a kilobyte. */
export function seedWorkflows(store: Store, count: number): void {
  const stages = ["plan", "write", "review"].map((id) => aStage({ id, name: `Stage ${id}` }));
  const text = `# ${"x".repeat(1000)}\n`;
  for (let at = 0; at < count; at++) {
    const id = Bun.randomUUIDv7();
    const effective = aDefinition({ id: `flow-${at}`, name: `Flow ${at}`, tags: ["a", "b"] }, stages);
    const definition = { text: `${text}${at}`, hash: String(at).padStart(64, "0"), effective };
    const time = new Date(startMs + at * 1000).toISOString();
    createWorkflow(store, { id, definition, status: "draft", created_by: "bench", file: null, at: time });
  }
}

/** Adds ended executions with the names of a few workflows. */
export function seedExecutions(store: Store, count: number): void {
  registerHolder(store, {
    id: "seed",
    pid: 1,
    process_start: "1",
    boot_id: "b",
    kind: "run",
    heartbeat_at: "",
  });
  for (let at = 0; at < count; at += 1000) {
    const created = Array.from({ length: Math.min(1000, count - at) }, (_, index) => {
      const time = new Date(startMs + (at + index) * 1000).toISOString();
      const execution = {
        workflow_name: `Flow ${index % 20}`,
        status: "completed" as const,
        started_at: time,
        completed_at: time,
        created_at: time,
      };
      return aNewExecution({ stages: 1, execution });
    });
    commitTransitions(store, { holder_id: "seed", created, updated: [] });
  }
  removeHolder(store, "seed");
}

/**
 * Ended executions `seeded-1`, `seeded-2` … of one step and one event each, started a second apart. SQL makes them of
 * one that the store wrote, because a million of them would take minutes otherwise.
 */
export function seedManyExecutions(store: Store, count: number): void {
  seedExecutions(store, 1);
  const columns = (table: Parameters<typeof columnsBut>[0]) =>
    columnsBut(table, [])
      .map((name) => `"${name}"`)
      .join(", ");
  const writeCopySql = (table: Parameters<typeof columnsBut>[0], changed: Record<string, string>): string => {
    const values = columnsBut(table, []).map((name) => changed[name] ?? `"${name}"`);
    const name = getTableName(table);
    return `INSERT INTO ${name} (${columns(table)}) SELECT ${values.join(", ")} FROM ${name}, numbers WHERE ${name}.rowid = 1`;
  };
  const id = "'seeded-' || number";
  const time = `strftime('%Y-%m-%dT%H:%M:%fZ', ${startMs / 1000} + number, 'unixepoch')`;
  const times = { started_at: time, completed_at: time, created_at: time, updated_at: time };
  const name = "'Flow ' || number % 20";
  runTransaction(store, () => {
    store.sqlite.run("CREATE TEMP TABLE numbers (number integer PRIMARY KEY)");
    store
      .prepare(
        "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?) INSERT INTO numbers SELECT i FROM n",
      )
      .run(count);
    store.sqlite.run(writeCopySql(workflowExecutions, { ...times, id, workflow_name: name }));
    store.sqlite.run(writeCopySql(executionSteps, { id, execution_id: id }));
    store.sqlite.run(writeCopySql(events, { id: "number + 1", execution_id: id }));
    store.sqlite.run("DROP TABLE numbers");
  });
}

/** Adds one execution whose only step has a log of this many lines, and returns its id. */
export function seedLog(store: Store, count: number, lineOf: (seq: number) => SeedLine = plainLine): string {
  const run = aNewExecution({
    stages: 1,
    execution: { status: "completed", completed_at: "2026-01-02T03:04:06.000Z" },
  });
  registerHolder(store, {
    id: "seed",
    pid: 1,
    process_start: "1",
    boot_id: "b",
    kind: "run",
    heartbeat_at: "",
  });
  commitTransitions(store, { holder_id: "seed", created: [run], updated: [] });
  const { run_id } = run.execution.record;
  const insert = store.prepare<unknown, [string, number, string, string]>(
    "INSERT INTO log_lines (execution_id, seq, stage_id, attempt, at, stream, text) " +
      "VALUES (?, ?, 'stage-0', 1, '2026-01-02T03:04:05.006Z', ?, ?)",
  );
  for (let from = 2; from < count + 2; from += 100_000) {
    runTransaction(store, () => {
      for (let seq = from; seq < Math.min(from + 100_000, count + 2); seq++) {
        const { stream, text } = lineOf(seq);
        insert.run(run_id, seq, stream, text);
      }
    });
  }
  store.prepare("UPDATE workflow_executions SET last_event = ? WHERE id = ?").run(count + 1, run_id);
  removeHolder(store, "seed");
  return run_id;
}

interface SeedLine {
  stream: LogStream;
  text: string;
}

function plainLine(seq: number): SeedLine {
  const text = `line ${seq}: compiling package ${seq % 977} of the workspace, nothing to report`;
  return { stream: "stdout", text };
}

/** A call and its result in turns, as an agent's transcript has them. */
export function transcriptLine(seq: number): SeedLine {
  const id = `call-${Math.floor(seq / 2)}`;
  const title = `bun test src/part-${seq % 977}`;
  const event: TranscriptEvent =
    seq % 2 === 0
      ? { kind: "tool_call", id, name: "Bash", tool: "run", title, input: { command: title }, files: [] }
      : { kind: "tool_result", id, ok: true, text: `42 pass, 0 fail\n${"ran one more test\n".repeat(20)}` };
  return { stream: "agent", text: JSON.stringify(event) };
}

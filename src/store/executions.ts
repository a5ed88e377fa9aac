import { AppError } from "../errors.ts";
import type { ExecutionRecord, StepRecord } from "../execution/record.ts";
import type { Store } from "./database.ts";
import { DamagedRow, storedJson, readable, unlessDamaged } from "./damaged-row.ts";
import { executionRecord, stepRecord, type ExecutionRow, type StepRow } from "./execution-rows.ts";
import { executionSteps, workflowExecutions } from "./execution-tables.ts";
import { columnsBut } from "./row-writer.ts";
import type { ExecutionSnapshot } from "../execution/snapshot.ts";
import type { EffectiveDefinition } from "../workflow/effective.ts";
import { waitsForPeople } from "../execution/permission.ts";
import { completeStage, type StoredStage } from "../workflow/stored-stage.ts";
import type { PersistedRecord } from "./transitions.ts";

/** Everything an engine needs to go on with an execution. */
export interface LoadedExecution {
  execution: PersistedRecord<ExecutionRecord>;
  /** In the order of the file. */
  steps: PersistedRecord<StepRecord>[];
  snapshot: ExecutionSnapshot;
  /** By stage: how far the newest attempt's own log files have been taken in, in bytes. */
  offsets: Map<string, { stdout: number; stderr: number }>;
}

/** The fewest characters of an id that may name a run. */
export const shortestPart = 4;

/** Throws `AppError("not_found")`, `DamagedRow`. */
export function getExecution(store: Store, runId: string): ExecutionRecord {
  const row = store.prepare<ExecutionRow, [string]>(selectExecution).get(runId);
  if (!row) throw noExecution(runId);
  return executionRecord(row);
}

/**
 * The executions that a part of an id may mean, in any case of letters, newest first and limited in number: the one
 * whose id it is, else those whose id ends with it (as people and pages name them), else those that have it anywhere.
 */
export function findExecutions(store: Store, part: string): ExecutionRecord[] {
  const asked = part.toLowerCase();
  for (const query of [selectById, selectByEnd, selectByPart]) {
    const found = store.prepare<{ id: string }, [string]>(query).all(asked);
    const [only, ...others] = found;
    if (only && others.length === 0) return [getExecution(store, only.id)];
    if (only) return readable(found, ({ id }) => getExecution(store, id)).items;
  }
  return [];
}

/** In the order of the file. Throws `DamagedRow`. */
export function getSteps(store: Store, runId: string): StepRecord[] {
  return store.prepare<StepRow, [string]>(selectSteps).all(runId).map(stepRecord);
}

/**
 * The steps that wait for people, gates and agents that ask for a permission, in the order of the file; those that are
 * damaged are left out.
 */
export function waitingSteps(store: Store, runId: string): StepRecord[] {
  const rows = store.prepare<StepRow, [string]>(selectWaiting).all(runId);
  return readable(rows, stepRecord).items.filter(waitsForPeople);
}

/** The same for lists, which must show the other executions: null when a step is damaged. */
export function soundSteps(store: Store, runId: string): StepRecord[] | null {
  return unlessDamaged(() => getSteps(store, runId));
}

/** Null when there is no such execution. Throws `DamagedRow`. */
export function loadForEngine(store: Store, runId: string): LoadedExecution | null {
  return readForEngine(store, [runId])(runId);
}

/**
 * Reads the rows of several executions at once, which takes a third of the time of reading them one by one. The
 * returned function makes of them what an engine needs of one of these executions, as `loadForEngine` does; those of
 * the same snapshot share it.
 */
export function readForEngine(
  store: Store,
  runIds: readonly string[],
): (runId: string) => LoadedExecution | null {
  const ids = JSON.stringify(runIds);
  const found = store.prepare<ExecutionRow, [string]>(selectWholeExecutions).all(ids);
  const rows = new Map(found.map((row) => [row.id, row]));
  const foundSteps = store.prepare<StepRow, [string]>(selectWholeSteps).all(ids);
  const steps = Map.groupBy(foundSteps, (step) => step.execution_id);
  const snapshots = new Map<string, ExecutionSnapshot>();
  return (runId) => {
    const row = rows.get(runId);
    if (!row) return null;
    const snapshot = snapshots.get(row.snapshot_hash) ?? snapshotOf(store, row);
    snapshots.set(row.snapshot_hash, snapshot);
    return loadedExecution(row, steps.get(runId) ?? [], snapshot);
  };
}

function loadedExecution(row: ExecutionRow, steps: StepRow[], snapshot: ExecutionSnapshot): LoadedExecution {
  return {
    execution: { record: executionRecord(row), machine: row.machine_json },
    steps: steps.map((step) => ({ record: stepRecord(step), machine: step.machine_json })),
    snapshot,
    offsets: new Map(
      steps.map((step) => [step.stage_id_ref, { stdout: step.stdout_offset, stderr: step.stderr_offset }]),
    ),
  };
}

/** Which of these executions have not ended, as their status says; nothing else of them is read. */
export function unendedAmong(store: Store, runIds: readonly string[]): ReadonlySet<string> {
  const rows = store.prepare<{ id: string }, [string]>(selectUnended).all(JSON.stringify(runIds));
  return new Set(rows.map(({ id }) => id));
}

/** True when this execution was run again. A rerun has its snapshot, by which it is found. */
export function hasRerun(
  store: Store,
  { run_id, snapshot_hash }: Pick<ExecutionRecord, "run_id" | "snapshot_hash">,
): boolean {
  const found = store.prepare<{ id: string }, [string, string]>(selectRerun).get(snapshot_hash, run_id);
  return found !== null;
}

/** The snapshot of an execution. Throws `DamagedRow`, also when it is missing. */
export function getSnapshot(store: Store, record: ExecutionRecord): ExecutionSnapshot {
  return snapshotOf(store, { id: record.run_id, snapshot_hash: record.snapshot_hash });
}

function snapshotOf(
  store: Store,
  { id, snapshot_hash: hash }: Pick<ExecutionRow, "id" | "snapshot_hash">,
): ExecutionSnapshot {
  const what = `execution "${id}" (its snapshot)`;
  const row = store.prepare<SnapshotRow, [string]>(selectSnapshot).get(hash);
  if (!row) throw new DamagedRow(what);
  const { definition_json, agents_json, modules_json } = row;
  const definition = storedJson<StoredDefinition>("definition_json", definition_json, what);
  if (!Array.isArray(definition.stages)) throw new DamagedRow(what);
  return {
    hash,
    definition: { ...definition, stages: definition.stages.map(completeStage) },
    agents: storedJson<ExecutionSnapshot["agents"]>("agents_json", agents_json, what),
    modules: storedJson<ExecutionSnapshot["modules"]>("modules_json", modules_json, what),
  };
}

type StoredDefinition = Omit<EffectiveDefinition, "stages"> & { stages: StoredStage[] };

interface SnapshotRow {
  definition_json: string;
  agents_json: string;
  modules_json: string;
}

export function noExecution(asked: string): AppError {
  return new AppError("not_found", `there is no execution "${asked}". "skillmeat workflow runs" lists them`);
}

const quoteNames = (names: readonly string[]): string => names.map((name) => `"${name}"`).join(", ");
const executionColumns = quoteNames(columnsBut(workflowExecutions, ["machine_json"]));
const stepColumns = quoteNames(columnsBut(executionSteps, ["machine_json"]));

const selectExecution = `SELECT ${executionColumns} FROM workflow_executions WHERE id = ?`;
const wanted = "(SELECT value FROM json_each(?))";
const selectWholeExecutions = `SELECT ${executionColumns}, machine_json FROM workflow_executions WHERE id IN ${wanted}`;
const selectById = "SELECT id FROM workflow_executions WHERE id = ?";
const selectByEnd =
  "SELECT id FROM workflow_executions WHERE substr(id, -length(?1)) = ?1 ORDER BY id DESC LIMIT 6";
const selectByPart = "SELECT id FROM workflow_executions WHERE instr(id, ?) > 0 ORDER BY id DESC LIMIT 6";
const ofExecution = "FROM execution_steps WHERE execution_id = ? ORDER BY position";
const selectSteps = `SELECT ${stepColumns} ${ofExecution}`;
const selectWaiting = `SELECT ${stepColumns} FROM execution_steps
  WHERE execution_id = ? AND status IN ('waiting_for_approval', 'running') ORDER BY position`;
const selectUnended = `SELECT id FROM workflow_executions
  WHERE id IN ${wanted} AND +status NOT IN ('completed', 'failed', 'cancelled')`;
const selectRerun = "SELECT id FROM workflow_executions WHERE snapshot_hash = ? AND parent_id = ? LIMIT 1";
const selectWholeSteps = `SELECT ${stepColumns}, machine_json FROM execution_steps
  WHERE execution_id IN ${wanted} ORDER BY execution_id, position`;
const selectSnapshot =
  "SELECT definition_json, agents_json, modules_json FROM execution_snapshots WHERE hash = ?";

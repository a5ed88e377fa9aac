import { hasEnded, type ExecutionStatus } from "../execution/status.ts";
import { runTransaction, runUnsyncedTransaction, type Store } from "./database.ts";

/** A process that may drive executions; `pid`, `process_start` and `boot_id` identify it for good. */
export interface Holder {
  id: string;
  pid: number;
  process_start: string;
  boot_id: string;
  kind: HolderKind;
  heartbeat_at: string;
}

/** `serve` takes over what nobody drives, `background` is a detached run, `command` does no stage itself. */
export type HolderKind = "serve" | "run" | "background" | "command";

export type IsAlive = (holder: Holder) => boolean;

export type LeaseResult = "taken" | "held" | "ended" | "missing";

export function registerHolder(store: Store, holder: Holder): void {
  const { id, pid, process_start, boot_id, kind, heartbeat_at } = holder;
  store.prepare(insertHolder).run(id, pid, process_start, boot_id, kind, heartbeat_at);
}

/**
 * Registers a process as the one server of a database: of several that begin at the same moment one is registered. Null
 * when it is this one; otherwise the living server, and nothing was written.
 */
export function registerServer(store: Store, holder: Holder, isAlive: IsAlive): Holder | null {
  return runTransaction(store, () => {
    const isOther = (each: Holder): boolean =>
      each.kind === "serve" && each.pid !== holder.pid && isAlive(each);
    const other = holders(store).find(isOther) ?? null;
    if (other === null) registerHolder(store, holder);
    return other;
  });
}

/** False when the holder has been removed, so that none of its leases is its own any more. */
export function heartbeat(store: Store, holderId: string, at: string): boolean {
  return store.prepare("UPDATE holders SET heartbeat_at = ? WHERE id = ?").run(at, holderId).changes === 1;
}

/** Removes a holder and gives back every lease it has. */
export function removeHolder(store: Store, holderId: string): void {
  store.prepare("DELETE FROM holders WHERE id = ?").run(holderId);
}

/** Every registered holder, dead ones too. */
export function holders(store: Store): Holder[] {
  return store.prepare<Holder, []>(`SELECT ${holderColumns} FROM holders ORDER BY id`).all();
}

/** The holder of an execution's lease; null when nobody has it. */
export function holderOf(store: Store, runId: string): Holder | null {
  return store.prepare<Holder, [string]>(selectHolderOf).get(runId);
}

/**
 * Takes an execution's lease unless a living holder has it. `taken`: it is this holder's now (or was before); `held`:
 * another living holder has it; `ended`, `missing`: there is nothing to drive.
 */
export function takeLease(store: Store, runId: string, holderId: string, isAlive: IsAlive): LeaseResult {
  return runTransaction(store, () => takeWithin(store, [runId], holderId, isAlive).get(runId) ?? "missing");
}

/**
 * Takes the leases of several executions in one commit; the ids of those that are this holder's now. The commit does
 * not wait for the disk: when the machine loses its power, every holder is dead, whatever leases it had.
 */
export function takeLeases(
  store: Store,
  runIds: readonly string[],
  holderId: string,
  isAlive: IsAlive,
): string[] {
  const results = runUnsyncedTransaction(store, () => takeWithin(store, runIds, holderId, isAlive));
  return runIds.filter((runId) => results.get(runId) === "taken");
}

/** The results by execution; one that is missing has none. */
function takeWithin(
  store: Store,
  runIds: readonly string[],
  holderId: string,
  isAlive: IsAlive,
): Map<string, LeaseResult> {
  const isDriver = askOnce(isAlive);
  const rows = store.prepare<WantedRow, [string]>(selectWanted).all(JSON.stringify(runIds));
  const results = new Map(
    rows.map(({ run_id, ...row }) => [run_id, leaseResultFor(row, holderId, isDriver)]),
  );
  const toTake = rows.filter(({ id, run_id }) => id !== holderId && results.get(run_id) === "taken");
  if (toTake.length > 0) {
    store.prepare(upsertLeases).run(JSON.stringify(toTake.map(({ run_id }) => run_id)), holderId);
  }
  return results;
}

function leaseResultFor(
  { status, id, ...holder }: Omit<WantedRow, "run_id">,
  holderId: string,
  isDriver: IsAlive,
): Exclude<LeaseResult, "missing"> {
  if (hasEnded(status)) return "ended";
  if (id === null || id === holderId) return "taken";
  return isDriver({ ...holder, id }) ? "held" : "taken";
}

/** Gives back a lease without ending its execution; nothing happens when it is not this holder's. */
export function releaseLease(store: Store, runId: string, holderId: string): void {
  store.prepare("DELETE FROM leases WHERE execution_id = ? AND holder_id = ?").run(runId, holderId);
}

/** True when an execution that has not ended has no holder at all, dead or alive. */
export function hasOrphans(store: Store): boolean {
  return store.prepare<{ id: string }, []>(selectOrphan).get() !== null;
}

/** Executions that have not ended and that no living process drives, oldest first. Each holder is looked up once. */
export function deadLeases(store: Store, isAlive: IsAlive): string[] {
  const living = store.prepare<Holder, []>(selectDriving).all().filter(isAlive);
  const rows = store
    .prepare<{ id: string }, [string]>(selectDead)
    .all(JSON.stringify(living.map(({ id }) => id)));
  return rows.map(({ id }) => id);
}

/** Looking for a process costs more than everything else that is done for one lease. */
function askOnce(isAlive: IsAlive): IsAlive {
  const known = new Map<string, boolean>();
  return (holder) => {
    const answer = known.get(holder.id) ?? isAlive(holder);
    known.set(holder.id, answer);
    return answer;
  };
}

/** An execution with its holder; without one the holder's columns are null. */
type WantedRow = Omit<Holder, "id"> & { id: string | null; run_id: string; status: ExecutionStatus };

const holderColumns = "id, pid, process_start, boot_id, kind, heartbeat_at";
const insertHolder = `INSERT INTO holders (${holderColumns}) VALUES (?, ?, ?, ?, ?, ?)`;
const selectHolderOf =
  "SELECT h.id, h.pid, h.process_start, h.boot_id, h.kind, h.heartbeat_at " +
  "FROM leases l JOIN holders h ON h.id = l.holder_id WHERE l.execution_id = ?";
const selectWanted =
  "SELECT e.id AS run_id, e.status, h.id, h.pid, h.process_start, h.boot_id, h.kind, h.heartbeat_at " +
  "FROM workflow_executions e LEFT JOIN leases l ON l.execution_id = e.id LEFT JOIN holders h ON h.id = l.holder_id " +
  "WHERE e.id IN (SELECT value FROM json_each(?))";
// WHERE true: without it SQLite takes ON for the condition of a join.
const upsertLeases =
  "INSERT INTO leases (execution_id, holder_id, revision) SELECT value, ?2, 1 FROM json_each(?1) WHERE true " +
  "ON CONFLICT (execution_id) DO UPDATE SET holder_id = excluded.holder_id, revision = revision + 1";
// Without the name of the index SQLite reads the status of all executions.
const selectOrphan =
  "SELECT id FROM workflow_executions INDEXED BY executions_live " +
  "WHERE status NOT IN ('completed', 'failed', 'cancelled') " +
  "AND NOT EXISTS (SELECT 1 FROM leases WHERE execution_id = id) LIMIT 1";
const selectDriving =
  `SELECT ${holderColumns} FROM holders ` +
  "WHERE EXISTS (SELECT 1 FROM leases WHERE holder_id = holders.id) ORDER BY id";
const selectDead =
  "SELECT e.id FROM workflow_executions e INDEXED BY executions_live LEFT JOIN leases l ON l.execution_id = e.id " +
  "WHERE e.status NOT IN ('completed', 'failed', 'cancelled') " +
  "AND (l.holder_id IS NULL OR l.holder_id NOT IN (SELECT value FROM json_each(?))) " +
  "ORDER BY coalesce(e.started_at, e.created_at), e.id";

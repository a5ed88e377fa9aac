import { SQLiteError } from "bun:sqlite";
import { AppError } from "../errors.ts";
import { signalOf, type Signal, type SignalAnswer, type StoredSignal } from "../execution/signal.ts";
import { storedJson, unlessDamaged } from "./damaged-row.ts";
import { runTransaction, type Store } from "./database.ts";

/**
 * Posts a signal for the process that drives the execution. Throws `AppError("not_found")` when there is no execution.
 */
export function postSignal(store: Store, signal: StoredSignal): void {
  const { id, run_id, created_at } = signal;
  try {
    runTransaction(store, () =>
      store.prepare(insertSignal).run(id, run_id, JSON.stringify(signal.signal), created_at),
    );
  } catch (error) {
    if (error instanceof SQLiteError && error.code === "SQLITE_CONSTRAINT_FOREIGNKEY") {
      throw new AppError(
        "not_found",
        `there is no execution "${run_id}". "skillmeat workflow runs" lists them`,
      );
    }
    throw error;
  }
}

/** A signal as it is stored; null: it is damaged, and nobody knows what was wanted. */
export type PendingSignal = Omit<StoredSignal, "signal" | "created_at"> & { signal: Signal | null };

/** Unanswered signals for the executions this holder drives; those of one execution in the order of posting. */
export function pendingSignals(store: Store, holderId: string): PendingSignal[] {
  return store.prepare<SignalRow, [string]>(selectPending).all(holderId).map(pendingSignal);
}

/** The answer to a signal; null while it waits. Throws `AppError("not_found")` for a signal that was never posted. */
export function signalAnswer(store: Store, id: string): SignalAnswer | null {
  const row = store.prepare<{ answer_json: string | null }, [string]>(selectAnswer).get(id);
  if (!row) throw new AppError("not_found", `there is no signal "${id}"`);
  return storedJson<SignalAnswer | null>("answer_json", row.answer_json, `the answer to signal "${id}"`);
}

/** Takes back a signal that nobody has answered; false when somebody has. */
export function withdrawSignal(store: Store, id: string): boolean {
  return store.prepare(deleteUnanswered).run(id).changes === 1;
}

interface SignalRow {
  id: string;
  execution_id: string;
  signal_json: string;
}

function pendingSignal({ id, execution_id, signal_json }: SignalRow): PendingSignal {
  const what = `signal "${id}"`;
  const signal = unlessDamaged(() => signalOf(storedJson("signal_json", signal_json, what)));
  return { id, run_id: execution_id, signal };
}

const insertSignal = "INSERT INTO signals (id, execution_id, signal_json, created_at) VALUES (?, ?, ?, ?)";
const deleteUnanswered = "DELETE FROM signals WHERE id = ? AND answer_json IS NULL";
const selectAnswer = "SELECT answer_json FROM signals WHERE id = ?";
// CROSS JOIN keeps the order of the tables: there are few waiting signals, but there may be thousands of leases.
const selectPending =
  "SELECT s.id, s.execution_id, s.signal_json FROM signals s INDEXED BY signals_pending " +
  "CROSS JOIN leases l ON l.execution_id = s.execution_id " +
  "WHERE s.answer_json IS NULL AND l.holder_id = ? ORDER BY s.execution_id, s.number";

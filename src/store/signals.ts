import { SQLiteError } from "bun:sqlite";
import { AppError } from "../errors.ts";
import type { Signal, SignalAnswer, StoredSignal } from "../execution/signal.ts";
import { writing, type Store } from "./database.ts";

/** Puts a signal down for whoever drives the execution. Throws `AppError("not_found")` when there is none. */
export function postSignal(store: Store, signal: StoredSignal): void {
  const { id, run_id, created_at } = signal;
  try {
    writing(store, () =>
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

/** Unanswered signals for the executions this holder drives; those of one execution in the order of posting. */
export function pendingSignals(store: Store, holderId: string): StoredSignal[] {
  return store.prepare<SignalRow, [string]>(selectPending).all(holderId).map(storedSignal);
}

/** What became of a signal; null while it waits. Throws `AppError("not_found")` for one that was never posted. */
export function signalAnswer(store: Store, id: string): SignalAnswer | null {
  const row = store.prepare<{ answer_json: string | null }, [string]>(selectAnswer).get(id);
  if (!row) throw new AppError("not_found", `there is no signal "${id}"`);
  return row.answer_json === null ? null : (JSON.parse(row.answer_json) as SignalAnswer);
}

/** Takes back a signal that nobody has answered; false when somebody has. */
export function withdrawSignal(store: Store, id: string): boolean {
  return store.prepare(deleteUnanswered).run(id).changes === 1;
}

interface SignalRow {
  id: string;
  execution_id: string;
  signal_json: string;
  created_at: string;
}

function storedSignal(row: SignalRow): StoredSignal {
  const { id, execution_id, signal_json, created_at } = row;
  return { id, run_id: execution_id, signal: JSON.parse(signal_json) as Signal, created_at };
}

const insertSignal = "INSERT INTO signals (id, execution_id, signal_json, created_at) VALUES (?, ?, ?, ?)";
const deleteUnanswered = "DELETE FROM signals WHERE id = ? AND answer_json IS NULL";
const selectAnswer = "SELECT answer_json FROM signals WHERE id = ?";
// CROSS JOIN keeps the order: waiting signals are few, leases may be thousands.
const selectPending =
  "SELECT s.id, s.execution_id, s.signal_json, s.created_at FROM signals s INDEXED BY signals_pending " +
  "CROSS JOIN leases l ON l.execution_id = s.execution_id " +
  "WHERE s.answer_json IS NULL AND l.holder_id = ? ORDER BY s.execution_id, s.number";

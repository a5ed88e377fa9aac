import type { Engine } from "../engine/engine.ts";
import { AppError } from "../errors.ts";
import type { Signal } from "../execution/signal.ts";
import type { Store } from "../store/database.ts";
import { getExecution } from "../store/executions.ts";

/** What is needed to act on an execution: where it is stored, and an engine that reaches the process that drives it. */
export interface ExecutionControl {
  store: Store;
  engine: Engine;
}

/**
 * Gives an execution a signal and waits until it is on disk; resolves with the engine's answer. Throws `AppError`:
 * `not_found`, or the engine's refusal (the details of a conflict name the status).
 */
export async function signalExecution(
  { store, engine }: ExecutionControl,
  runId: string,
  signal: Signal,
): Promise<string> {
  getExecution(store, runId);
  const answer = await engine.signal(runId, signal);
  if (answer.outcome !== "refused") return answer.message;
  const { status } = getExecution(store, runId);
  const details = answer.code === "conflict" ? [{ path: "status", message: status }] : [];
  throw new AppError(answer.code, answer.message, details);
}

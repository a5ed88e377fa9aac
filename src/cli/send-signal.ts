import { describeRun } from "../operation/describe-execution.ts";
import type { ExecutionControl } from "../operation/signal-execution.ts";
import type { Store } from "../store/database.ts";
import type { Invocation } from "./command.ts";
import { exitCodes, type ExitCode } from "./exit-code.ts";
import { openEngine } from "./open-engine.ts";
import { sayUndriven } from "./terminal/warn-undriven.ts";

/** Gives an execution a signal and prints the result: one Execution as JSON, or the sentence that `send` returns. */
export async function sendSignal(
  invocation: Invocation,
  store: Store,
  runId: string,
  send: (control: ExecutionControl) => Promise<string>,
): Promise<ExitCode> {
  const message = await withControl(invocation, store, send);
  const { given, output } = invocation;
  if (given.text("format") === "json") output.json(describeRun(store, runId));
  else output.line(message);
  sayUndriven(invocation, store, runId);
  return exitCodes.done;
}

/** Opens an engine that only passes signals on, for as long as `act` takes. */
export async function withControl<T>(
  invocation: Invocation,
  store: Store,
  act: (control: ExecutionControl) => Promise<T>,
): Promise<T> {
  const engine = await openEngine(invocation, store, "command");
  try {
    return await act({ store, engine });
  } finally {
    await engine.stop("leave");
  }
}

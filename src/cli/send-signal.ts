import { describeRun } from "../operation/describe-execution.ts";
import type { Signal } from "../execution/signal.ts";
import { AppError } from "../errors.ts";
import type { Store } from "../store/database.ts";
import type { Invocation } from "./command.ts";
import { exitCodes, type ExitCode } from "./exit-code.ts";
import { openEngine } from "./open-engine.ts";
import { sayUndriven } from "./terminal/warn-undriven.ts";

/** Gives an execution a signal and says what became of it: one Execution as JSON, or a sentence. */
export async function sendSignal(
  invocation: Invocation,
  store: Store,
  runId: string,
  signal: Signal,
): Promise<ExitCode> {
  const message = await applySignal(invocation, store, runId, signal);
  const { given, output } = invocation;
  if (given.text("format") === "json") output.json(describeRun(store, runId));
  else output.line(message);
  sayUndriven(invocation, store, runId);
  return exitCodes.done;
}

/** Gives an execution a signal; what the engine says of it. Throws `AppError` when it is refused. */
export async function applySignal(
  invocation: Invocation,
  store: Store,
  runId: string,
  signal: Signal,
): Promise<string> {
  const engine = await openEngine(invocation, store, "command");
  try {
    const answer = await engine.signal(runId, signal);
    if (answer.outcome === "refused") throw new AppError(answer.code, answer.message);
    return answer.message;
  } finally {
    await engine.stop("leave");
  }
}

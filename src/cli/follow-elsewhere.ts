import type { Store } from "../store/database.ts";
import { getExecution, getSteps } from "../store/executions.ts";
import type { Invocation } from "./command.ts";
import { runWords } from "./terminal/command-words.ts";
import { watchAsJson, watchAsLines } from "./terminal/event-lines.ts";
import { exitCodes, exitOfRun, type ExitCode } from "./exit-code.ts";
import { followStored } from "./follow-stored.ts";
import { showEnded } from "./foreground.ts";
import { listenForInterrupts } from "./terminal/interrupts.ts";
import { openLiveTable } from "./terminal/live-table.ts";
import { followRows } from "./terminal/execution-rows.ts";
import { sayOutOfBudget } from "./terminal/out-of-budget.ts";
import { onlyLogs } from "./terminal/show-logs.ts";
import type { Watcher } from "./terminal/watcher.ts";

/** Shows what happens in an execution that another process drives, until it ends. Ctrl+C only ends the watching. */
export async function followElsewhere(
  invocation: Invocation,
  store: Store,
  runId: string,
  after: number,
): Promise<ExitCode> {
  const { output, given } = invocation;
  const stop = new AbortController();
  const interrupts = listenForInterrupts(() => invocation.quit(exitCodes.interrupted));
  void Promise.race([interrupts.cancelled, interrupts.left]).then(() => stop.abort());
  const watcher = watcherOf(invocation, store, runId);
  const end = await followStored(store, runId, after, watcher, { output, signal: stop.signal });
  watcher.close();
  interrupts.close();
  if (end === "abandoned") {
    output.note(`nobody drives it any more; continue with: ${runWords(invocation, "resume", runId)}`);
    return exitCodes.unavailable;
  }
  if (end === "unread") return stop.signal.aborted ? exitCodes.interrupted : exitCodes.done;
  const isTable = output.isTerminal && !given.flag("logs");
  showEnded(invocation, store, runId, { withSteps: !isTable, isTold: !isTable && !given.flag("logs") });
  const record = getExecution(store, runId);
  sayOutOfBudget(invocation, record);
  return exitOfRun(record, given.flag("require-success"));
}

function watcherOf({ given, output }: Invocation, store: Store, runId: string): Watcher {
  const isJson = given.text("format") === "json";
  if (given.flag("events")) return watchAsJson(output.note);
  const lines = isJson
    ? watchAsLines(output.note, output.notePaint)
    : watchAsLines(output.line, output.paint);
  if (given.flag("logs")) return onlyLogs(lines, given.text("stage"));
  if (isJson || !output.isTerminal) return lines;
  return openLiveTable(output, followRows(getSteps(store, runId)), Date.now);
}

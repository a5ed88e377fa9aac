import type { Engine } from "../engine/engine.ts";
import type { StoredEvent } from "../execution/event.ts";
import { shortId } from "../execution/short-id.ts";
import { describeRun } from "../operation/describe-execution.ts";
import type { ExecutionControl } from "../operation/signal-execution.ts";
import type { Store } from "../store/database.ts";
import { getExecution, getSnapshot, getSteps } from "../store/executions.ts";
import type { Invocation } from "./command.ts";
import { runWords } from "./terminal/command-words.ts";
import { watchAsJson, watchAsLines } from "./terminal/event-lines.ts";
import { exitCodes, exitOfRun, type ExitCode } from "./exit-code.ts";
import { announceGates, askAtGates } from "./terminal/gate-desk.ts";
import { isInsideAttempt } from "./inside-attempt.ts";
import { sayOutOfBudget, watchBudget } from "./terminal/out-of-budget.ts";
import { listenForInterrupts, type Interrupts } from "./terminal/interrupts.ts";
import { openLiveTable, showCursor } from "./terminal/live-table.ts";
import { openEngine } from "./open-engine.ts";
import { followRows } from "./terminal/execution-rows.ts";
import { runSummary } from "./terminal/execution-summary.ts";
import { withStore } from "./open-home.ts";
import type { Watcher } from "./terminal/watcher.ts";

/**
 * Hosts an engine until one execution has ended, and shows what happens. `begin` starts or takes over the execution and
 * tells its id. Ctrl+C cancels it; SIGTERM leaves it to whoever resumes it.
 */
export function runInForeground(
  invocation: Invocation,
  begin: (control: ExecutionControl) => Promise<string>,
): Promise<ExitCode> {
  return withStore(invocation.home, async (store) => {
    const engine = await openEngine(invocation, store, "run");
    const feed = collect(engine);
    let runId: string | null = null;
    const interrupts = listenForInterrupts(() => quitAtOnce(invocation, runId));
    try {
      runId = await begin({ store, engine });
      const { watcher, say, outOfBudget } = watcherOf(invocation, { engine, store, runId });
      feed.handTo(runId, watcher);
      const end = await waitForEnd(invocation, { engine, runId, interrupts, outOfBudget, say });
      feed.close();
      watcher.close();
      return finish(invocation, store, runId, end);
    } finally {
      interrupts.close();
      await engine.stop("leave");
    }
  });
}

function quitAtOnce(invocation: Invocation, runId: string | null): never {
  const { output } = invocation;
  if (output.isTerminal) output.write(showCursor);
  if (runId !== null) {
    const words = runWords(invocation, "cancel", runId);
    output.note(`quit before its agents had stopped; stop them with: ${words}`);
  }
  return invocation.quit(exitCodes.interrupted);
}

type End = "ended" | "out_of_budget" | "cancelled" | "left";

interface FollowedRun {
  engine: Engine;
  runId: string;
  interrupts: Interrupts;
  /** Resolves when the execution is paused because its budget is used up. */
  outOfBudget: Promise<void>;
  /** Tells a person something besides what is shown. */
  say: (line: string) => void;
}

async function waitForEnd(
  { given }: Invocation,
  { engine, runId, interrupts, outOfBudget, say }: FollowedRun,
): Promise<End> {
  const ended = engine.ended(runId).then((): End => "ended");
  const first = await Promise.race([
    ended,
    outOfBudget.then((): End => "out_of_budget"),
    engine.failed,
    interrupts.cancelled,
    interrupts.left,
  ]);
  if (first !== "cancelled") return first;
  const answer = await engine.signal(runId, { type: "cancel", reason: "interrupted by Ctrl+C" });
  if (answer.outcome === "refused") return ended;
  // Printed only when it is on disk: the reader may press Ctrl+C again, and the execution must still be cancelled.
  if (!given.flag("events")) say("cancelling; waiting for the agents to stop. Ctrl+C again quits at once");
  await Promise.race([ended, engine.failed]);
  return "cancelled";
}

/** Holds the events until it is known which execution is ours and who shows them. */
function collect(engine: Engine): { handTo(runId: string, watcher: Watcher): void; close(): void } {
  let kept: StoredEvent[] = [];
  let take = (events: readonly StoredEvent[]): void => {
    kept.push(...events);
  };
  const close = engine.subscribe((events) => take(events));
  return {
    close,
    handTo: (runId, watcher) => {
      take = (events) => {
        const ours = events.filter((event) => event.run_id === runId);
        if (ours.length > 0) watcher.take(ours);
      };
      take(kept);
      kept = [];
    },
  };
}

function watcherOf(
  invocation: Invocation,
  { engine, store, runId }: { engine: Engine; store: Store; runId: string },
): { watcher: Watcher; say: (line: string) => void; outOfBudget: Promise<void> } {
  const { given, output } = invocation;
  let say = output.note;
  const isJson = given.text("format") === "json";
  const budget = watchBudget();
  const watchers: Watcher[] = [budget.watcher];
  if (given.flag("events")) watchers.push(watchAsJson(output.note));
  if (!isJson) output.line(`run ${shortId(runId)} (${runId})`);
  if (!isJson && output.isTerminal) {
    const table = openLiveTable(output, followRows(getSteps(store, runId)), Date.now);
    watchers.push(table);
    // A line on stderr would be written into the table.
    say = table.say;
    if (output.canAsk && !isInsideAttempt(invocation))
      watchers.push(askAtGates(invocation, runId, { engine, table }));
  } else if (!isJson || !given.flag("events")) {
    const [line, paint] = isJson ? [output.note, output.notePaint] : [output.line, output.paint];
    watchers.push(watchAsLines(line, paint), announceGates(invocation, runId, line));
  }
  const watcher: Watcher = {
    take: (events) => watchers.forEach((each) => each.take(events)),
    close: () => watchers.toReversed().forEach((each) => each.close()),
  };
  return { watcher, say, outOfBudget: budget.isUsedUp };
}

function finish(invocation: Invocation, store: Store, runId: string, end: End): ExitCode {
  const { given, output } = invocation;
  const record = getExecution(store, runId);
  if (end === "left") {
    output.note(`it is left as it is; continue with: ${runWords(invocation, "resume", runId)}`);
    return exitCodes.interrupted;
  }
  showEnded(invocation, store, runId, { withSteps: !output.isTerminal, isTold: !output.isTerminal });
  sayOutOfBudget(invocation, record);
  if (end === "cancelled") return exitCodes.interrupted;
  return exitOfRun(record, given.flag("require-success"));
}

/** The final output about an execution: one Execution as JSON, or the summary. */
export function showEnded(
  invocation: Invocation,
  store: Store,
  runId: string,
  { withSteps, isTold }: { withSteps: boolean; isTold: boolean },
): void {
  const { given, output } = invocation;
  const record = getExecution(store, runId);
  const steps = getSteps(store, runId);
  if (given.text("format") === "json") return output.json(describeRun(store, runId));
  const { definition } = getSnapshot(store, record);
  output.line(
    runSummary(record, steps, definition, {
      paint: output.paint,
      columns: output.columns,
      withSteps,
      isTold,
      more: runWords(invocation, "runs", runId, "--logs"),
      nowMs: Date.now(),
    }),
  );
}

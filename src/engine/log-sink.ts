import type { LogSink } from "../dispatch/dispatcher.ts";
import type { LogStream } from "../execution/event.ts";
import { isoTime } from "../machine/moment.ts";
import { emptyLogFacts } from "../store/logs.ts";
import type { EngineState } from "./engine-state.ts";
import { openPartialAnnouncer } from "./announce-partial.ts";
import { planFlush, planFlushSoon } from "./flush-plan.ts";
import type { LiveExecution, LiveStep } from "./live-execution.ts";
import { fileOf, lineCost, openStepLog, type KeptLine, type LeftOut } from "./step-log.ts";

/** Lines are written together: after this time at the latest, and at once when this many have come together. */
const mostBufferedLines = 1000;
const mostBufferedBytes = 1 << 20;
/**
 * The size of the part that was left out is stored each time it has grown by this much; the agent's file has that part.
 */
const leftOutBytes = 4 << 20;
const warning = "warning: ";
const mostWarnings = 1000;

/** Takes in the lines of one attempt, bounded, in step with the events of its execution. */
export function openLogSink(
  engine: EngineState,
  execution: LiveExecution,
  step: LiveStep,
): LogSink & { warn(warning: string): void; end(): Promise<void> } {
  const offsets = { ...step.offsets };
  const limits = { mostBytes: engine.mostLogBytes, lineBytes: lineCost(step.record.stage_id) };
  const kept = (step.log ??= openStepLog(step.storedLog ?? emptyLogFacts(), limits));
  const warned = new Set<string>();
  const keeper = createKeeper(engine, execution, step);
  const partial = openPartialAnnouncer(engine, execution, step);
  let isOver = false;
  let unsaid = 0;
  const write = (stream: LogStream, text: string, offset?: number): void => {
    if (isOver || !isWritten(engine, execution)) return;
    if (stream === "agent") partial.hear(text);
    const hidden = execution.masks.hide(text);
    if (hidden.startsWith(warning) && warned.size < mostWarnings) warned.add(hidden);
    const line = kept.take({ stream, text: hidden, ...(offset === undefined ? {} : { offset }) });
    // A later engine reads the lines that are only held in memory again, so the offset does not move past them.
    if (!line) {
      unsaid += hidden.length + 1;
      if (unsaid < leftOutBytes) return;
      unsaid = 0;
      keeper.leaveOut(kept.leftOut(), false);
      return planFlushSoon(engine, execution);
    }
    keeper.keep(line);
    if (execution.changes.feed.length >= mostBufferedLines || keeper.unwritten() >= mostBufferedBytes)
      planFlush(engine, execution);
    else planFlushSoon(engine, execution);
  };
  return {
    offsets,
    stored: keeper.stored,
    write,
    partial: (piece) => (isOver ? undefined : partial.add(piece)),
    // The agent's own warnings are in its log already.
    warn: (text) => {
      const line = execution.masks.hide(`${warning}${text}`);
      if (!warned.has(line)) write("system", line);
    },
    end: async () => {
      if (isOver) return;
      isOver = true;
      partial.end();
      while (isWritten(engine, execution)) {
        const piece = kept.endPiece();
        if (!piece) return;
        if (piece.cut) keeper.leaveOut(piece.cut, true);
        for (const line of piece.lines) keeper.keep(line);
        planFlush(engine, execution);
        // The last piece is written with the attempt's outcome.
        if (piece.isLast) return;
        await nextCommit(engine, execution, step);
      }
    },
  };
}

/** An engine that has given the execution away, or has failed, writes nothing of it any more. */
function isWritten({ phase, live }: EngineState, execution: LiveExecution): boolean {
  return phase !== "closed" && phase !== "failed" && live.get(execution.runId) === execution;
}

/** Resolves when what has changed till now is on disk, or cannot be written now or here. */
function nextCommit(engine: EngineState, { changes }: LiveExecution, step: LiveStep): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  changes.waiting.push({ done: resolve, fail: () => resolve() });
  const resolveWhenClosed = (): void => {
    if (engine.phase === "closed") resolve();
  };
  step.abort?.signal.addEventListener("abort", resolveWhenClosed, { once: true });
  return promise;
}

/** Puts what is kept and what is left out among the execution's changes, and where reading goes on after it. */
function createKeeper(engine: EngineState, execution: LiveExecution, step: LiveStep) {
  const { stage_id, attempt_number: attempt } = step.record;
  const stored = { ...step.offsets };
  let unwritten = 0;
  let watched: LiveExecution["changes"] | null = null;
  const moveTo = (moved: { stdout?: number; stderr?: number }): void => {
    const { changes } = execution;
    step.offsets = { ...step.offsets, ...moved };
    changes.offsets.set(step, step.offsets);
    if (watched === changes) return;
    watched = changes;
    unwritten = 0;
    changes.waiting.push({ done: () => Object.assign(stored, changes.offsets.get(step)) });
  };
  const keep = ({ stream, text, offset }: KeptLine): void => {
    const at = isoTime(engine.alarm.now());
    execution.changes.feed.push({ kind: "line", stage_id, attempt, stream, text, at });
    const file = fileOf(stream);
    if (offset !== undefined && file !== null) moveTo({ [file]: offset });
    unwritten += text.length;
  };
  const leaveOut = ({ lines, bytes, offsets: moved }: LeftOut, isTold: boolean): void => {
    if (lines === 0 && !isTold) return;
    execution.changes.cuts.push({ stage_id, lines, bytes, isTold });
    moveTo(moved);
  };
  return { stored, keep, leaveOut, unwritten: () => unwritten };
}

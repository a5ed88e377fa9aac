import type { LogSink } from "../dispatch/dispatcher.ts";
import type { LogStream } from "../execution/event.ts";
import { isoTime, type EngineState } from "./engine-state.ts";
import { planFlush, planFlushSoon } from "./flush-plan.ts";
import type { LiveExecution, LiveStep } from "./live-execution.ts";
import type { KeptLine } from "./step-log.ts";

/** Lines are written in batches: at the latest after this, and at once when so many have come together. */
const mostBufferedLines = 2000;
const warning = "warning: ";
const mostWarnings = 1000;

/** Takes in the lines of one attempt, bounded, in step with the events of its execution. */
export function openLogSink(
  engine: EngineState,
  execution: LiveExecution,
  step: LiveStep,
): LogSink & { warn(warning: string): void; end(): void } {
  const attempt = step.record.attempt_number;
  const offsets = { ...step.offsets };
  const warned = new Set<string>();
  let isOver = false;
  const keep = ({ stream, text }: KeptLine): void => {
    const { stage_id } = step.record;
    const at = isoTime(engine.alarm.now());
    execution.changes.feed.push({ kind: "line", stage_id, attempt, stream, text, at });
  };
  const write = (stream: LogStream, text: string, offset?: number): void => {
    // An engine that has given the execution away, or has failed, writes nothing of it any more.
    if (
      isOver ||
      engine.phase === "closed" ||
      engine.phase === "failed" ||
      engine.live.get(execution.runId) !== execution
    )
      return;
    const hidden = execution.masks.hide(text);
    if (hidden.startsWith(warning) && warned.size < mostWarnings) warned.add(hidden);
    const line = step.log.take({ stream, text: hidden });
    if (line) keep(line);
    // What is only held in mind is read again by a later engine, so its place is not moved.
    if (line && offset !== undefined && stream !== "system") {
      step.offsets = { ...step.offsets, [stream]: offset };
      execution.changes.offsets.set(step, step.offsets);
    }
    if (execution.changes.feed.length >= mostBufferedLines) planFlush(engine, execution);
    else planFlushSoon(engine, execution);
  };
  return {
    offsets,
    write,
    // What an agent itself has warned of stands in its log already.
    warn: (text) => {
      const line = execution.masks.hide(`${warning}${text}`);
      if (!warned.has(line)) write("system", line);
    },
    end: () => {
      if (isOver) return;
      isOver = true;
      const rest = step.log.end();
      if (!rest || engine.live.get(execution.runId) !== execution) return;
      for (const line of rest.lines) keep(line);
      if (rest.cut.lines > 0) execution.changes.cuts.push({ stage_id: step.record.stage_id, ...rest.cut });
      planFlush(engine, execution);
    },
  };
}

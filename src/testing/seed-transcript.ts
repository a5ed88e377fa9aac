import type { LogLine, LogStream } from "../execution/event.ts";
import type { TranscriptEvent } from "../execution/transcript.ts";
import type { Store } from "../store/database.ts";
import { currentProcess } from "../store/holder-process.ts";
import { registerHolder, removeHolder } from "../store/leases.ts";
import { commitTransitions } from "../store/transitions.ts";
import { aNewExecution, anUpdate } from "./an-execution.ts";

/** An event of a transcript, a text that cannot be read as one, or a line of another stream. */
export type SeededLine = TranscriptEvent | string | { stream: LogStream; text: string };

const startMs = Date.parse("2026-01-02T03:04:05.000Z");

/**
 * An ended execution of the stages `stage-0` and `stage-1`, of which the first has these lines, numbered from 2, a
 * second apart. Its id.
 */
export function seedTranscript(store: Store, lines: readonly SeededLine[], attempt = 1): string {
  const holder = Bun.randomUUIDv7();
  registerHolder(store, { id: holder, ...currentProcess(), kind: "run", heartbeat_at: "" });
  const run = aNewExecution({ step: { status: "completed", attempt_number: attempt } });
  commitTransitions(store, { holder_id: holder, created: [run], updated: [] });
  const { run_id } = run.execution.record;
  const logs = lines.map((line, at): LogLine => ({
    seq: at + 2,
    run_id,
    stage_id: "stage-0",
    attempt,
    at: new Date(startMs + at * 1000).toISOString(),
    ...storedLine(line),
  }));
  const ended = { status: "completed", completed_at: "2026-01-02T03:14:05.000Z" } as const;
  Object.assign(run.execution.record, ended);
  const updated = [anUpdate(run, { events: [], logs, release: true })];
  commitTransitions(store, { holder_id: holder, created: [], updated });
  removeHolder(store, holder);
  return run_id;
}

function storedLine(line: SeededLine): Pick<LogLine, "stream" | "text"> {
  if (typeof line === "string") return { stream: "agent", text: line };
  return "stream" in line ? line : { stream: "agent", text: JSON.stringify(line) };
}

import { formatDuration } from "../workflow/duration.ts";
import type { AttemptLogs } from "./attempt-logs.ts";
import type { StageError } from "./dispatcher.ts";
import type { Supervised } from "./supervisor.ts";

/** Reads an agent's logs, and tells when they have been silent for too long. */
export interface IdleWatch {
  /** As `AttemptLogs.read`. */
  read(): number;
  /** Aborted when the agent shall be stopped. */
  readonly signal: AbortSignal;
  /** What is then said of the attempt. */
  readonly error: StageError;
}

/** The silence is measured from the agent's last write on, whoever followed it then. */
export function openIdleWatch(idleMs: number, logs: AttemptLogs, agent: Supervised): IdleWatch {
  const abort = new AbortController();
  // Only the way back to the last write takes the wall clock, which may be set: from there on time just passes.
  let writtenAt = performance.now() - logs.silentMs();
  return {
    signal: abort.signal,
    error: {
      class: "timeout",
      message: `was silent for ${formatDuration(idleMs)} (error_policy.idle_timeout) and was stopped`,
    },
    read() {
      const count = logs.read();
      if (count > 0) writtenAt = performance.now() - logs.silentMs();
      else if (performance.now() - writtenAt >= idleMs && agent.isRunning()) abort.abort();
      return count;
    },
  };
}

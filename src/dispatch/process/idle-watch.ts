import { formatDuration } from "../../workflow/duration.ts";
import type { AttemptLogs } from "./attempt-logs.ts";
import type { StageError } from "../dispatcher.ts";
import { livedMs } from "./processes.ts";
import type { Supervised } from "./supervisor.ts";

/** Reads an agent's logs and reports when they have been silent for too long. */
export interface IdleWatch {
  /** As `AttemptLogs.read`. */
  read(): number;
  /** The silence begins anew: it is not the agent's. */
  rest(): void;
  /** Aborted when the agent shall be stopped. */
  readonly signal: AbortSignal;
  /** The message of an attempt that was stopped for it. */
  readonly error: StageError;
}

/**
 * After a longer time between two looks at the log nobody was watching: this process was stopped, or the machine
 * asleep.
 */
const longestLookMs = 1_000;

/**
 * The silence is measured from the agent's last write on, whichever process followed it then, but not for longer than
 * the agent has lived: the age of a write depends on the wall clock, which may have been set. From then on it is
 * counted.
 */
export function openIdleWatch(idleMs: number, logs: AttemptLogs, agent: Supervised): IdleWatch {
  const abort = new AbortController();
  let silentMs = Math.min(logs.silentMs(), livedMs(agent.pid) ?? 0);
  let lookedAt = performance.now();
  return {
    signal: abort.signal,
    error: {
      class: "timeout",
      message: `was silent for ${formatDuration(idleMs)} (error_policy.idle_timeout) and was stopped`,
    },
    rest() {
      silentMs = 0;
    },
    read() {
      const count = logs.read();
      const now = performance.now();
      silentMs += Math.min(now - lookedAt, longestLookMs);
      lookedAt = now;
      if (count > 0) silentMs = Math.min(silentMs, logs.silentMs());
      else if (silentMs >= idleMs && agent.isRunning()) abort.abort();
      return count;
    },
  };
}

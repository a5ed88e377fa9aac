import { hasEnded } from "../execution/status.ts";
import { isDriven } from "../operation/is-driven.ts";
import type { Store } from "../store/database.ts";
import { getExecution } from "../store/executions.ts";
import { eventsAfter } from "../store/feed.ts";
import type { Output } from "./terminal/output.ts";
import type { Watcher } from "./terminal/watcher.ts";

const pollMs = 20;
const aliveCheckMs = 1000;
const pageSize = 500;

/**
 * Why following stopped: the execution ended or is out of budget, nobody drives it any more, or nobody reads what is
 * printed.
 */
export type FollowEnd = "ended" | "abandoned" | "unread";

/**
 * Follows an execution that another process drives, from after event `seq`, until it ends.
 */
export async function followStored(
  store: Store,
  runId: string,
  seq: number,
  watcher: Watcher,
  { output, signal }: { output: Output; signal: AbortSignal },
): Promise<FollowEnd> {
  let after = seq;
  let checkedAt = performance.now();
  for (;;) {
    // Read before the events, so that a commit after it ends the next wait at once.
    const version = store.dataVersion();
    after = drain(store, runId, after, watcher);
    const record = getExecution(store, runId);
    const isOver = hasEnded(record.status) || record.pause_reason === "budget";
    if (isOver && after >= record.last_event) return "ended";
    if (output.isClosed || signal.aborted) return "unread";
    while (store.dataVersion() === version && !signal.aborted && !output.isClosed) {
      await Bun.sleep(pollMs);
      if (performance.now() - checkedAt < aliveCheckMs) continue;
      checkedAt = performance.now();
      if (!isDriven(store, runId) && store.dataVersion() === version) return "abandoned";
    }
  }
}

/** Passes on all events after a number; returns the number of the last. */
export function drain(store: Store, runId: string, seq: number, watcher: Watcher): number {
  let after = seq;
  for (;;) {
    const events = eventsAfter(store, runId, after, pageSize);
    if (events.length > 0) watcher.take(events);
    after = events.at(-1)?.seq ?? after;
    if (events.length < pageSize) return after;
  }
}

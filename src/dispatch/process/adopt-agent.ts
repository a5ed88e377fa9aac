import { openAttemptLogs, type LogFiles } from "./attempt-folder.ts";
import type { StageRequest } from "../dispatcher.ts";
import { isShortage, untilPossible } from "./shortage.ts";
import { recordedExit, recordedSupervisor, type Recorded, type Supervised } from "./supervisor.ts";
import type { Ticker } from "./ticker.ts";

/**
 * The agent of an attempt that an earlier engine started, running or ended with a status; null when it is gone without
 * one. A supervisor that left no record has not started its agent: it counts as gone.
 */
export function adopt(
  { attempt_id, attempt_dir }: StageRequest,
  ticker: Ticker,
): { agent: Supervised; files: LogFiles } | null {
  const supervisor = recordedSupervisor(attempt_dir, attempt_id);
  if (!supervisor) return null;
  // The process is looked at before the file, because the status may be written between the two looks.
  if (!supervisor.isRunning() && recordedExit(attempt_dir) === null) return null;
  const files = openAttemptLogs(attempt_dir);
  if (!files) return null;
  return { agent: { ...supervisor, ended: endOf(supervisor, attempt_dir, ticker) }, files };
}

/** The status of an agent whose supervisor is not a child of this process, so that no event announces its end. */
export function endOf(supervisor: Recorded, folder: string, ticker: Ticker): Promise<number | null> {
  if (!supervisor.isRunning()) return Promise.resolve(recordedExit(folder));
  return new Promise((resolve, reject) => {
    const unfollow = ticker.follow(() => {
      if (isRunning(supervisor)) return 0;
      unfollow();
      untilPossible(() => recordedExit(folder)).then(resolve, reject);
      return 0;
    }, reject);
  });
}

/** When the process cannot be looked at now, it is tried again. */
function isRunning(supervisor: Recorded): boolean {
  try {
    return supervisor.isRunning();
  } catch (error) {
    if (isShortage(error)) return true;
    throw error;
  }
}

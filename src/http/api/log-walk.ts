import { isOfLevel, type LogLevel } from "../../execution/log-level.ts";
import { getExecution } from "../../store/executions.ts";
import type { Store } from "../../store/database.ts";
import { logPage, logTail, type LogFilter, type LogPage } from "../../store/logs.ts";
import { nextTurn } from "../../next-turn.ts";

/** Which lines; `level` null: of each. */
export type WalkFilter = LogFilter & { level?: LogLevel | null };

/** How many numbers of the feed are searched at a time, which takes a few milliseconds. */
const slice = 10_000;

/**
 * `logPage`, slice by slice: no index helps a search, and searching a long log at once would hold up every other
 * request. It ends when the client goes away.
 */
export async function walkLog(
  store: Store,
  filter: WalkFilter & { after: number; limit: number },
  signal: AbortSignal,
): Promise<LogPage> {
  if (!isSearch(filter)) return logPage(store, filter);
  const last = getExecution(store, filter.run_id).last_event;
  const lines: LogPage["lines"] = [];
  for (let after = filter.after; ; after += slice) {
    const isLast = after + slice >= last;
    const before = isLast ? null : after + slice + 1;
    const room = filter.limit - lines.length;
    const part = ofLevel(
      logPage(store, { ...filter, after, before, limit: readAtOnce(filter, room) }),
      filter,
    );
    lines.push(...part.lines.slice(0, room));
    if (part.lines.length > room) return { lines, has_more: true };
    if (part.has_more || isLast || signal.aborted) return { lines, has_more: part.has_more };
    await nextTurn();
  }
}

/** `logTail`, slice by slice from the end. */
export async function walkLogBack(
  store: Store,
  filter: WalkFilter & { before: number | null; limit: number },
  signal: AbortSignal,
): Promise<LogPage> {
  if (!isSearch(filter)) return logTail(store, filter);
  const last = getExecution(store, filter.run_id).last_event;
  let lines: LogPage["lines"] = [];
  for (let { before } = filter; ;) {
    const after = Math.max(0, Math.min(before ?? last + 1, last + 1) - 1 - slice);
    const room = filter.limit - lines.length;
    const part = ofLevel(
      logTail(store, { ...filter, before, after, limit: readAtOnce(filter, room) }),
      filter,
    );
    lines = [...part.lines.slice(Math.max(0, part.lines.length - room)), ...lines];
    if (part.lines.length > room) return { lines, has_more: true };
    if (part.has_more || after === 0 || signal.aborted) return { lines, has_more: part.has_more };
    before = after + 1;
    await nextTurn();
  }
}

/** A level is read from a line's text: the database does not know it. */
function ofLevel({ lines, has_more }: LogPage, { level }: WalkFilter): LogPage {
  return { lines: level ? lines.filter((line) => isOfLevel(line, level)) : lines, has_more };
}

function readAtOnce({ level }: WalkFilter, room: number): number {
  return level ? slice : room;
}

function isSearch({ search, stream, attempt, level }: WalkFilter): boolean {
  return Boolean(search) || Boolean(level) || Boolean(stream) || typeof attempt === "number";
}

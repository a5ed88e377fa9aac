import { getExecution } from "../../store/executions.ts";
import type { Store } from "../../store/database.ts";
import { logPage, logTail, type LogFilter, type LogPage } from "../../store/logs.ts";
import { breath } from "../turns.ts";

/** Numbers of the feed that are looked through at a time: a few milliseconds. */
const slice = 10_000;

/**
 * `logPage`, slice by slice: no index helps a search, and a long log that is looked through at once would hold up every
 * other request. Who asked for it ends it by going away.
 */
export async function walkLog(
  store: Store,
  filter: LogFilter & { after: number; limit: number },
  signal: AbortSignal,
): Promise<LogPage> {
  if (!isSearch(filter)) return logPage(store, filter);
  const last = getExecution(store, filter.run_id).last_event;
  const lines: LogPage["lines"] = [];
  for (let after = filter.after; ; after += slice) {
    const isLast = after + slice >= last;
    const before = isLast ? null : after + slice + 1;
    const part = logPage(store, { ...filter, after, before, limit: filter.limit - lines.length });
    lines.push(...part.lines);
    if (part.has_more || isLast || signal.aborted) return { lines, has_more: part.has_more };
    await breath();
  }
}

/** `logTail`, slice by slice from the end. */
export async function walkLogBack(
  store: Store,
  filter: LogFilter & { before: number | null; limit: number },
  signal: AbortSignal,
): Promise<LogPage> {
  if (!isSearch(filter)) return logTail(store, filter);
  const last = getExecution(store, filter.run_id).last_event;
  let lines: LogPage["lines"] = [];
  for (let { before } = filter; ;) {
    const after = Math.max(0, Math.min(before ?? last + 1, last + 1) - 1 - slice);
    const part = logTail(store, { ...filter, before, after, limit: filter.limit - lines.length });
    lines = [...part.lines, ...lines];
    if (part.has_more || after === 0 || signal.aborted) return { lines, has_more: part.has_more };
    before = after + 1;
    await breath();
  }
}

function isSearch({ search, stream, attempt }: LogFilter): boolean {
  return Boolean(search) || Boolean(stream) || typeof attempt === "number";
}

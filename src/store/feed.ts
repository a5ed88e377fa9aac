import type { StoredEvent } from "../execution/event.ts";
import { storedEvent } from "../execution/stored-event.ts";
import { rowCheck, storedJson, unlessDamaged } from "./damaged-row.ts";
import type { Store } from "./database.ts";
import { events, logLines } from "./execution-tables.ts";
import { lostText } from "./logs.ts";

/** An event with its number among the events of all executions. The number grows with every commit and has gaps. */
export interface NumberedEvent {
  id: number;
  event: StoredEvent;
}

/**
 * Events and log lines (as `log_line`, data `{stream, text}`) of one execution after `afterSeq`, at most `limit`, in
 * the order of `seq` and without gap.
 */
export function eventsAfter(store: Store, runId: string, afterSeq: number, limit: number): StoredEvent[] {
  return store
    .prepare<FeedRow, FeedParams>(selectFeed)
    .all(runId, afterSeq, limit, runId, afterSeq, limit, limit)
    .map(eventOf);
}

/** Events (no log lines) of all executions after the one numbered `afterId`, at most `limit`, in order of commit. */
export function allEventsAfter(store: Store, afterId: number, limit: number): NumberedEvent[] {
  return store
    .prepare<FeedRow & { id: number }, [number, number]>(selectAll)
    .all(afterId, limit)
    .map((row) => ({ id: row.id, event: eventOf(row) }));
}

/** The number of the newest event of all executions; 0 when there is none. */
export function lastEventId(store: Store): number {
  return store.prepare<{ id: number | null }, []>("SELECT max(id) AS id FROM events").get()?.id ?? 0;
}

type FeedParams = [string, number, number, string, number, number, number];

interface FeedRow {
  execution_id: string;
  seq: number;
  type: StoredEvent["type"];
  stage_id: string | null;
  attempt: number | null;
  at: string;
  data_json: string | null;
  stream: string | null;
  text: string | null;
}

function eventOf(row: FeedRow): StoredEvent {
  const { execution_id, seq, type, stage_id, attempt, at } = row;
  const data = unlessDamaged(() => dataOf(row));
  if (data === null) return lostEvent(row);
  return storedEvent({ seq, run_id: execution_id, type, stage_id, attempt, at, data });
}

function dataOf(row: FeedRow): object {
  const what = `event ${row.seq}`;
  if (row.data_json === null) {
    const { stream, text, at } = row;
    checkLine({ stream, text, at }, what);
    return { stream: row.stream, text: row.text };
  }
  const { type, at, stage_id, attempt } = row;
  checkEvent({ type, at, stage_id, attempt }, what);
  return storedJson<object>("data_json", row.data_json, what);
}

/** A damaged event or line is replaced by one that says so, so that the sequence keeps its numbers. */
function lostEvent({ execution_id, seq, stage_id, at }: FeedRow): StoredEvent {
  return {
    seq,
    run_id: execution_id,
    type: "log_line",
    stage_id: typeof stage_id === "string" ? stage_id : null,
    attempt: null,
    at: typeof at === "string" ? at : new Date(0).toISOString(),
    data: { stream: "system", text: lostText(seq) },
  };
}

const checkLine = rowCheck(logLines);
const checkEvent = rowCheck(events);

// Each half has its own limit, so that neither is read to its end; at most 2 × limit rows are sorted.
const selectFeed = `SELECT * FROM (
  SELECT * FROM (
    SELECT execution_id, seq, type, stage_id, attempt, at, data_json, NULL AS stream, NULL AS text
    FROM events WHERE execution_id = ? AND seq > ? ORDER BY seq LIMIT ?)
  UNION ALL
  SELECT * FROM (
    SELECT execution_id, seq, 'log_line', stage_id, attempt, at, NULL, stream, text
    FROM log_lines WHERE execution_id = ? AND seq > ? ORDER BY seq LIMIT ?)
) ORDER BY seq LIMIT ?`;
const selectAll =
  "SELECT id, execution_id, seq, type, stage_id, attempt, at, data_json, NULL AS stream, NULL AS text " +
  "FROM events WHERE id > ? ORDER BY id LIMIT ?";

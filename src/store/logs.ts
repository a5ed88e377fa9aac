import { logStreams, type LogLine, type LogStream } from "../execution/event.ts";
import { rowCheck, storedJson, unlessDamaged } from "./damaged-row.ts";
import type { Store } from "./database.ts";
import { logLines } from "./execution-tables.ts";
import { likePattern } from "./like-pattern.ts";

/**
 * Which lines of a step's log. `attempt` null: lines of every attempt. `search` is plain text, in any case of letters.
 */
export interface LogFilter {
  run_id: string;
  stage_id: string;
  attempt?: number | null;
  stream?: LogStream | null;
  search?: string | null;
}

/** Part of a log, oldest line first. */
export interface LogPage {
  lines: LogLine[];
  /** True when the log has more such lines after this part (for a tail: before it). */
  has_more: boolean;
}

/**
 * What is known of a step's log without reading it. `bytes` does not count line ends; `cut` is what was not kept;
 * `untold` is the part of it that no line of the log mentions yet.
 */
export interface LogFacts {
  lines: number;
  bytes: number;
  cut: { lines: number; bytes: number };
  untold: { lines: number; bytes: number };
}

/** Lines numbered above `after` (0: from the start) and below `before` (null: to the end), at most `limit`. */
export function logPage(
  store: Store,
  filter: LogFilter & { after: number; before?: number | null; limit: number },
): LogPage {
  const rows = store
    .prepare<LogRow, LogParams>(`${selectLines} ORDER BY seq LIMIT ?8`)
    .all(...filterParams(filter), filter.after, filter.before ?? noEnd, filter.limit + 1);
  return { lines: rows.slice(0, filter.limit).map(logLine), has_more: rows.length > filter.limit };
}

/** The last lines numbered below `before` (null: the last of all) and above `after`, at most `limit`. */
export function logTail(
  store: Store,
  filter: LogFilter & { before?: number | null; after?: number; limit: number },
): LogPage {
  const rows = store
    .prepare<LogRow, LogParams>(`${selectLines} ORDER BY seq DESC LIMIT ?8`)
    .all(...filterParams(filter), filter.after ?? 0, filter.before ?? noEnd, filter.limit + 1);
  return {
    lines: rows.slice(0, filter.limit).map(logLine).toReversed(),
    has_more: rows.length > filter.limit,
  };
}

/** How many lines an attempt has of each stream. Reads the whole log of the step once. */
export function countLogStreams(
  store: Store,
  { run_id, stage_id, attempt }: Pick<LogLine, "run_id" | "stage_id" | "attempt">,
): Record<LogStream, number> {
  const counts = store
    .prepare<Record<LogStream, number>, [string, string, number]>(countStreams)
    .get(run_id, stage_id, attempt);
  return counts ?? { agent: 0, stdout: 0, stderr: 0, system: 0 };
}

export function logFacts(store: Store, runId: string, stageId: string): LogFacts {
  const row = store.prepare<{ logs_json: string | null }, [string, string]>(selectFacts).get(runId, stageId);
  if (!row?.logs_json) return emptyLogFacts();
  return storedJson<LogFacts>("logs_json", row.logs_json, `execution "${runId}" (its stage "${stageId}")`);
}

export function emptyLogFacts(): LogFacts {
  return { lines: 0, bytes: 0, cut: { lines: 0, bytes: 0 }, untold: { lines: 0, bytes: 0 } };
}

type FilterParams = [string, string, number | null, string | null, string | null];
type LogParams = [...FilterParams, number, number, number];

type LogRow = Omit<LogLine, "run_id"> & { execution_id: string };

function filterParams(filter: LogFilter): FilterParams {
  const search = filter.search ? likePattern(filter.search) : null;
  return [filter.run_id, filter.stage_id, filter.attempt ?? null, filter.stream ?? null, search];
}

function logLine({ execution_id, ...line }: LogRow): LogLine {
  const isSound = unlessDamaged(() => (checkLine(line, `line ${line.seq}`), true)) ?? false;
  if (isSound) return { run_id: execution_id, ...line };
  const { seq, stage_id, attempt, at } = line;
  return {
    run_id: execution_id,
    seq,
    stage_id,
    attempt,
    at: String(at),
    stream: "system",
    text: lostText(seq),
  };
}

/** Replaces an event or a line that cannot be read. */
export function lostText(seq: number): string {
  return `what stood here (number ${seq}) is damaged in the database`;
}

const checkLine = rowCheck(logLines);

const ofKind =
  "FROM log_lines WHERE execution_id = ?1 AND stage_id = ?2 AND (?3 IS NULL OR attempt = ?3) " +
  "AND (?4 IS NULL OR stream = ?4) AND (?5 IS NULL OR text LIKE ?5 ESCAPE '\\')";
const selectLines = `SELECT execution_id, seq, stage_id, attempt, at, stream, text ${ofKind} AND seq > ?6 AND seq < ?7`;
const noEnd = Number.MAX_SAFE_INTEGER;
const countOf = (stream: LogStream): string => `count(*) FILTER (WHERE stream = '${stream}') AS ${stream}`;
const countStreams =
  `SELECT ${logStreams.map(countOf).join(", ")} FROM log_lines ` +
  "WHERE execution_id = ? AND stage_id = ? AND attempt = ?";
const selectFacts = "SELECT logs_json FROM execution_steps WHERE execution_id = ? AND stage_id_ref = ?";

import { LevelChoice, StreamChoice } from "../../../views/executions/log-bar.tsx";
import { LogChunk } from "../../../views/executions/log-line.tsx";
import { LogNote } from "../../../views/executions/log.tsx";
import type { ExecutionView } from "../../../views/executions/execution-view.ts";
import type { Html } from "../../../views/jsx/jsx-runtime.ts";
import { logStreams, type LogLine, type LogStream, type StoredEvent } from "../../execution/event.ts";
import { logLine } from "../../execution/stored-event.ts";
import { countLevels, type LevelCounts } from "../../execution/log-level.ts";
import { isWanted, type LineFilter } from "./log-part.ts";
import { updatePart } from "../../../views/layout/fragment.ts";
import { addressOf, wholeOf } from "./read-execution-view.ts";

/** How far a page's log has got. Line numbers count all lines of the attempt, including those a filter hides. */
export interface LogGrowth {
  kind: "log";
  stage: string;
  attempt: number;
  /** Lines up to this number of the feed are on the page already. */
  known: number;
  /** The number of the last line. */
  line: number;
  counts: Record<LogStream, number>;
  levels: LevelCounts;
  filter: LineFilter;
}

/**
 * From what the page was drawn with, or from the `Last-Event-ID` it sent:
 * `line.agent.stdout.stderr.system.warn.error.attempt`.
 */
export function logGrowth(query: URLSearchParams, resumed: string | null): LogGrowth {
  const numbers = (resumed ?? `${query.get("line")}.${query.get("counts")}`).split(".").map(wholeOf);
  const [line = 0, agent = 0, stdout = 0, stderr = 0, system = 0, warn = 0, error = 0, attempt] = numbers;
  const { search, stream, level } = addressOf(query);
  return {
    kind: "log",
    stage: query.get("stage") ?? "",
    attempt: attempt ?? wholeOf(query.get("attempt")),
    known: 0,
    line,
    counts: { agent, stdout, stderr, system },
    levels: { warn, error },
    filter: { search, stream, level },
  };
}

export function growthId({ line, counts, levels, attempt }: LogGrowth): string {
  return [line, ...logStreams.map((stream) => counts[stream]), levels.warn, levels.error, attempt].join(".");
}

/** The new lines, to be appended to the log, and the elements that count them. */
export function growLog(
  growth: LogGrowth,
  events: readonly StoredEvent[],
  view: () => ExecutionView,
): Html[] {
  const lines: LogLine[] = [];
  const numbers: number[] = [];
  let hasNew = false;
  for (const event of events) {
    if (event.type !== "log_line" || !isOf(event, growth)) continue;
    hasNew = true;
    const line = logLine(event);
    growth.line++;
    growth.counts[line.stream]++;
    growth.levels = countLevels(growth.levels, [line]);
    if (!isWanted(line, growth.filter)) continue;
    lines.push(line);
    numbers.push(growth.line);
  }
  if (!hasNew) return [];
  const counts = [
    StreamChoice.update({ view: view(), counts: growth.counts }),
    LevelChoice.update({ view: view(), levels: growth.levels }),
    updatePart("#log-count", "innerHTML", growth.line),
  ];
  if (lines.length === 0) return counts;
  const chunk = LogChunk.update({
    part: { lines, numbers, first: numbers[0] ?? 1 },
    search: growth.filter.search,
  });
  return [chunk, LogNote.update({ view: view(), isEmpty: false }), ...counts];
}

function isOf({ stage_id, attempt, seq }: StoredEvent, growth: LogGrowth): boolean {
  return stage_id === growth.stage && attempt === growth.attempt && seq > growth.known;
}

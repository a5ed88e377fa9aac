import { StreamChoice } from "../../../views/executions/log-bar.tsx";
import { LogChunk } from "../../../views/executions/log-line.tsx";
import type { RunView } from "../../../views/executions/run-view.ts";
import { raw, type Html } from "../../../views/jsx/jsx-runtime.ts";
import type { LogLine, LogStream, StoredEvent } from "../../execution/event.ts";
import { isWanted } from "./log-part.ts";
import { partial } from "./partial.ts";
import { wholeOf } from "./run-view-of.ts";

/** How far a page's log has got. Lines are numbered by all of the attempt, also by those a filter leaves out. */
export interface LogGrowth {
  stage: string;
  attempt: number;
  /** Lines up to this number of the feed are on the page already. */
  known: number;
  /** The number of the last line. */
  line: number;
  counts: Record<LogStream, number>;
  search: string;
  stream: string;
}

/** From what the page was drawn with, or from what it told with `Last-Event-ID`: `line.stdout.stderr.system`. */
export function logGrowth(query: URLSearchParams, resumed: string | null): LogGrowth | null {
  if ((query.get("line") ?? "") === "") return null;
  const numbers = (resumed ?? `${query.get("line")}.${query.get("counts")}`).split(".").map(wholeOf);
  const [line = 0, stdout = 0, stderr = 0, system = 0] = numbers;
  return {
    stage: query.get("stage") ?? "",
    attempt: wholeOf(query.get("attempt")),
    known: 0,
    line,
    counts: { stdout, stderr, system },
    search: query.get("search") ?? "",
    stream: query.get("stream") ?? "",
  };
}

export function growthId({ line, counts }: LogGrowth): string {
  return [line, counts.stdout, counts.stderr, counts.system].join(".");
}

/** The lines that have come, to go to the end of the log, with what counts them. */
export function grown(growth: LogGrowth, events: readonly StoredEvent[], view: () => RunView): Html[] {
  const lines: LogLine[] = [];
  const numbers: number[] = [];
  let hasNew = false;
  for (const event of events) {
    if (!isOf(event, growth)) continue;
    hasNew = true;
    const line = lineOf(event);
    growth.line++;
    growth.counts[line.stream]++;
    if (!isWanted(line, growth.search.toLowerCase(), growth.stream)) continue;
    lines.push(line);
    numbers.push(growth.line);
  }
  if (!hasNew) return [];
  const counts = [
    partial("#log-streams", "outerMorph", StreamChoice({ view: view(), counts: growth.counts })),
    partial("#log-count", "innerHTML", growth.line),
  ];
  if (lines.length === 0) return counts;
  const chunk = LogChunk({ part: { lines, numbers, first: numbers[0] ?? 1 }, search: growth.search });
  return [
    partial("#log-lines", "beforeend", chunk),
    partial("#log-note", "outerHTML", raw(noNote)),
    ...counts,
  ];
}

function isOf({ type, stage_id, attempt, seq }: StoredEvent, growth: LogGrowth): boolean {
  return type === "log_line" && stage_id === growth.stage && attempt === growth.attempt && seq > growth.known;
}

const noNote = '<p id="log-note" class="log-note" hidden></p>';

function lineOf({ seq, run_id, stage_id, attempt, at, data }: StoredEvent): LogLine {
  const { stream, text } = data as { stream: LogStream; text: string };
  return { seq, run_id, stage_id: stage_id ?? "", attempt: attempt ?? 0, at, stream, text };
}

import { isSettled } from "../../execution/status.ts";
import { elapsedText } from "./elapsed.ts";
import { costText } from "./cost-text.ts";
import type { Output } from "./output.ts";
import { paintStatus } from "./paint.ts";
import type { StepTableRow, StepTable } from "./execution-rows.ts";
import { questionLines, type Question } from "./question-lines.ts";
import { tableLines, type Column } from "./table.ts";
import type { Watcher } from "./watcher.ts";
import { stageKind } from "../../workflow/stage-kind.ts";

/** A person does not see more, and a slow line to the terminal cannot take more. */
const frameMs = 100;
/** Elapsed times advance although nothing happens. */
const tickMs = 1000;

export const showCursor = "\u001b[?25h";

export interface LiveTable extends Watcher {
  /** Asks below the table, or takes the question away; it is on the screen when this returns. */
  ask(question: Question | null): void;
  /** Leaves a line above the table for good. */
  say(line: string): void;
}

/** The stages of an execution as a table that is redrawn in place, at most ten times a second. */
export function openLiveTable(output: Output, runRows: StepTable, now: () => number): LiveTable {
  const screen = openScreen(output);
  let question: Question | null = null;
  let pending: Timer | null = null;
  let drawnAt = 0;
  const draw = (above: readonly string[] = []): void => {
    if (pending) clearTimeout(pending);
    pending = null;
    drawnAt = now();
    screen.draw(frame(output, runRows, { question, nowMs: drawnAt }), above);
  };
  const drawSoon = (): void => {
    pending ??= setTimeout(draw, Math.max(0, frameMs - (now() - drawnAt)));
  };
  const tick = setInterval(drawSoon, tickMs);
  drawSoon();
  return {
    take: (events) => {
      for (const event of events) runRows.apply(event);
      drawSoon();
    },
    ask: (next) => {
      question = next;
      draw();
    },
    say: (line) => draw([line]),
    close: () => {
      clearInterval(tick);
      if (pending) clearTimeout(pending);
      screen.draw(tableOf(output, runRows.rows(), now()));
      screen.close();
    },
  };
}

/** On a terminal with fewer lines, a question leaves no room for the table. */
const leastTable = 4;

/** The table, the bar and the question below them, in no more lines than the terminal has. */
function frame(
  output: Output,
  runRows: StepTable,
  { question, nowMs }: { question: Question | null; nowMs: number },
): string[] {
  const { columns, paint } = output;
  // The cursor stands on a line of its own.
  const lines = Math.max(1, output.rows - 1);
  const most = lines >= 2 * leastTable ? lines - leastTable : lines;
  const asked = question === null ? [] : questionLines(question, { columns, most });
  const taken = asked.reduce((sum, line) => sum + countLines(line, columns), 0);
  return [...liveLines(output, runRows, { nowMs, room: lines - taken }), ...asked.map(paint.waiting)];
}

/** The table and the bar below it, as far as there is room. */
function liveLines(
  output: Output,
  runRows: StepTable,
  { nowMs, room }: { nowMs: number; room: number },
): string[] {
  const rows = runRows.rows();
  if (room < 1) return [];
  const bar = progressBar(output, runRows.done(), rows.length);
  if (room < 3) return [bar];
  // Besides the rows there are the head, the bar, and the line that says what is left out.
  const isWhole = rows.length <= room - 2;
  const shown = isWhole ? rows : pickRows(rows, Math.max(1, room - 3));
  const hidden = rows.length - shown.length;
  const more = hidden > 0 && room > 3 ? [output.paint.dim(`… and ${hidden} more`)] : [];
  return [...tableOf(output, shown, nowMs), ...more, bar];
}

/**
 * Rows to show where not all fit: running ones, then the next ones, then those that ended last; in the file's order.
 */
function pickRows(rows: readonly StepTableRow[], room: number): readonly StepTableRow[] {
  if (rows.length <= room) return rows;
  const rank = (row: StepTableRow): number => (isSettled(row.status) ? 2 : row.status === "pending" ? 1 : 0);
  const numbered = rows.map((row, at) => ({ row, at }));
  numbered.sort((a, b) => rank(a.row) - rank(b.row) || (rank(a.row) === 2 ? b.at - a.at : a.at - b.at));
  return numbered
    .slice(0, room)
    .toSorted((a, b) => a.at - b.at)
    .map(({ row }) => row);
}

function tableOf(output: Output, rows: readonly StepTableRow[], nowMs: number): string[] {
  const { paint } = output;
  // Programs that use no model cost nothing, and a column for that would only take room.
  const isPaid = rows.some(({ usage }) => usage !== null);
  const columns: Column[] = [
    { title: "batch", align: "right" },
    { title: "stage", shrinks: true },
    { title: "type" },
    { title: "status", paint: (status) => paintStatus(paint, status.replaceAll(" ", "_")) },
    { title: "try", align: "right" },
    { title: "elapsed", align: "right" },
    ...(isPaid ? [{ title: "cost", align: "right" as const }] : []),
    { title: "last line", shrinks: true, paint: paint.dim },
  ];
  const cells = rows.map((row) => [
    String(row.batch),
    row.stage_id,
    row.type,
    row.status,
    stageKind(row.type).isDecided || row.attempt === 0 ? "" : String(row.attempt),
    elapsedOf(row, nowMs),
    ...(isPaid ? [costText(row.usage)] : []),
    row.says,
  ]);
  return tableLines(columns, cells, output.columns);
}

function elapsedOf(row: StepTableRow, nowMs: number): string {
  if (row.started_at === null) return "";
  const end = row.completed_at === null ? nowMs : Date.parse(row.completed_at);
  return elapsedText(end - Date.parse(row.started_at));
}

function progressBar(output: Output, done: number, total: number): string {
  const label = ` ${done}/${total}`;
  const width = Math.max(4, Math.min(40, output.columns - label.length - 1));
  const filled = total === 0 ? width : Math.round((done / total) * width);
  return output.paint.good("━".repeat(filled)) + output.paint.dim("─".repeat(width - filled)) + label;
}

/** Lines at the bottom of a terminal that are written over and over. */
function openScreen(output: Output): {
  /** `above` stays where it is for good. */
  draw(lines: string[], above?: readonly string[]): void;
  close(): void;
} {
  let before: string[] = [];
  let isHidden = false;
  return {
    draw: (lines, above = []) => {
      // A resize has wrapped the old lines anew, so their height is counted at the present width.
      const height = before.reduce((sum, line) => sum + countLines(line, output.columns), 0);
      const up = height > 0 ? `\u001b[${height}A\r` : "";
      const body = [...above, ...lines].map((line) => `${line}\u001b[K\n`).join("");
      const hide = isHidden ? "" : "\u001b[?25l";
      // Synchronised output (mode 2026): the terminal shows the frame as a whole, without flicker.
      output.write(`\u001b[?2026h${hide}${up}${body}\u001b[J\u001b[?2026l`);
      isHidden = true;
      before = lines;
    },
    close: () => output.write(showCursor),
  };
}

function countLines(line: string, columns: number): number {
  return columns === 0 ? 1 : Math.max(1, Math.ceil(Bun.stringWidth(line) / columns));
}

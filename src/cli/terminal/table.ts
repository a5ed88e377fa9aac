import { plainLine } from "./plain-text.ts";

export interface Column {
  title: string;
  /** `right` for numbers. */
  align?: "left" | "right";
  /** True: gives way when the terminal is narrow. */
  shrinks?: true;
  /** What of a column that shrinks is left in any case; 4 where it does not say. */
  least?: number;
  /** The style of a cell, by its text. */
  paint?: (text: string) => string;
}

const gap = "  ";
const leastWidth = 4;

/**
 * Lines of a table, headed, without rules. With `width` > 0 no line is wider than that: columns that may shrink are cut
 * with `…`, and if that is not enough whole lines are. Widths are those a terminal shows.
 */
export function tableLines(columns: readonly Column[], rows: readonly string[][], width = 0): string[] {
  const cells = rows.map((row) => row.map(plainLine));
  const widths = columns.map(({ title }, at) =>
    Math.max(Bun.stringWidth(title), ...cells.map((row) => Bun.stringWidth(row[at] ?? ""))),
  );
  if (width > 0) shrink(columns, widths, width);
  const cutToWidth = (line: string): string => (width > 0 ? cut(line.trimEnd(), width) : line.trimEnd());
  const head = columns.map(({ title, align }, at) =>
    fit(title, widths[at] ?? 0, { title: "", align: align ?? "left" }),
  );
  const body = cells.map((row) =>
    columns.map((column, at) => fit(row[at] ?? "", widths[at] ?? 0, column)).join(gap),
  );
  return [head.join(gap), ...body].map(cutToWidth);
}

function shrink(columns: readonly Column[], widths: number[], width: number): void {
  const excess = (): number =>
    widths.reduce((sum, each) => sum + each, gap.length * (widths.length - 1)) - width;
  while (excess() > 0) {
    const widest = widestThatShrinks(columns, widths);
    if (widest === null) return;
    const mine = widths[widest] ?? 0;
    widths[widest] = Math.max(leastOf(columns[widest]), mine - excess(), nextBelow(columns, widths, mine));
  }
}

function widestThatShrinks(columns: readonly Column[], widths: readonly number[]): number | null {
  let widest: number | null = null;
  columns.forEach((column, at) => {
    const mine = widths[at] ?? 0;
    if (column.shrinks && mine > leastOf(column) && (widest === null || mine >= (widths[widest] ?? 0)))
      widest = at;
  });
  return widest;
}

function leastOf(column: Column | undefined): number {
  return column?.least ?? leastWidth;
}

/** The widest goes down to the next one only, so that two long columns give way evenly. */
function nextBelow(columns: readonly Column[], widths: readonly number[], mine: number): number {
  const next = Math.max(0, ...widths.filter((width, at) => columns[at]?.shrinks && width < mine));
  const equals = widths.filter((width, at) => columns[at]?.shrinks && width === mine).length;
  return equals > 1 ? mine - 1 : next;
}

function fit(text: string, width: number, { align, paint }: Column): string {
  const shown = cut(text, width);
  const padding = " ".repeat(Math.max(0, width - Bun.stringWidth(shown)));
  const styled = paint ? paint(shown) : shown;
  return align === "right" ? padding + styled : styled + padding;
}

/** The text in at most `width` columns, with `…` where it was cut. Styles stay whole. */
export function cut(text: string, width: number): string {
  return Bun.stringWidth(text) <= width ? text : Bun.sliceAnsi(text, 0, width, { ellipsis: "…" });
}

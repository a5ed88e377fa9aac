import type { StepRecord } from "../../src/execution/record.ts";

export const boxHeight = 44;
export const cellSize = 26;
const rowGap = 30;
const columnGap = 8;
const laneWidth = 12;
const narrowest = 92;
const widest = 190;
const leastWidth = 318;
/** A batch of more is drawn as one box with a cell for each of its stages. */
const mostBeside = 8;
const groupWidth = 292;
const groupHead = 26;
const groupPad = 8;

/** A stage, or a batch that is too wide to be drawn stage by stage. */
export interface GraphBox {
  steps: readonly StepRecord[];
  isGroup: boolean;
  x: number;
  y: number;
  width: number;
  height: number;
}

/** A line from one box to another, or on to the lane that leads there. */
export interface GraphLine {
  path: string;
  /** True when what it comes from has completed. */
  isHot: boolean;
}

export interface GraphLayout {
  boxes: readonly GraphBox[];
  lines: readonly GraphLine[];
  width: number;
  height: number;
}

/** A place in a row: a box, or a lane in which the lines of a box above pass on to what lies below. */
interface Item {
  key: string;
  steps: readonly StepRecord[];
  isLane: boolean;
  isGroup: boolean;
}

interface PlacedItem extends Item {
  x: number;
  y: number;
  width: number;
  height: number;
}

type Dependencies = ReadonlyMap<string, readonly string[]>;

/**
 * Batch under batch. A line that leads past a batch has a lane of its own in it, so that it lies behind no box; between
 * two rows it stays in the gap.
 */
export function layOutGraph(steps: readonly StepRecord[], dependencies: Dependencies): GraphLayout {
  const rows = boxRows(steps);
  const sources = sourcesOf(rows, dependencies);
  const inOrder = orderRows(withLanes(rows, sources), sources);
  const width = Math.max(leastWidth, ...inOrder.map(leastWidthOf));
  const placed = placedRows(inOrder, width);
  const last = placed.at(-1)?.[0];
  return {
    boxes: placed.flat().filter(({ isLane }) => !isLane),
    lines: linesOf(placed, sources),
    width,
    height: last ? last.y + Math.max(...(placed.at(-1) ?? []).map(({ height }) => height)) : 0,
  };
}

function boxRows(steps: readonly StepRecord[]): Item[][] {
  const batches = [...Map.groupBy(steps, (step) => step.batch)].toSorted(([a], [b]) => a - b);
  return batches.map(([number, batch]) =>
    batch.length > mostBeside
      ? [{ key: `group ${number}`, steps: batch, isLane: false, isGroup: true }]
      : batch.map((step) => ({ key: step.stage_id, steps: [step], isLane: false, isGroup: false })),
  );
}

/** For each box the boxes it comes from. */
function sourcesOf(rows: readonly Item[][], dependencies: Dependencies): Map<string, Set<string>> {
  const boxOf = new Map(rows.flat().flatMap(({ key, steps }) => steps.map((step) => [step.stage_id, key])));
  return new Map(
    rows.flat().map(({ key, steps }) => {
      const named = steps.flatMap(({ stage_id }) => dependencies.get(stage_id) ?? []);
      return [key, new Set(named.flatMap((id) => boxOf.get(id) ?? []))];
    }),
  );
}

/** Each row with a lane for every box whose lines lead past it. */
function withLanes(rows: readonly Item[][], sources: ReadonlyMap<string, ReadonlySet<string>>): Item[][] {
  const rowOf = new Map(rows.flatMap((row, at) => row.map(({ key }) => [key, at])));
  const reach = new Map<string, number>();
  for (const [target, from] of sources) {
    for (const source of from) reach.set(source, Math.max(reach.get(source) ?? 0, rowOf.get(target) ?? 0));
  }
  return rows.map((row, at) => {
    const passing = rows
      .slice(0, at)
      .flat()
      .filter(({ key }) => (reach.get(key) ?? 0) > at);
    return [...row, ...passing.map((item) => ({ ...item, isLane: true }))];
  });
}

/** Each row in the order in which what it comes from stands above it: fewer lines cross. */
function orderRows(rows: readonly Item[][], sources: ReadonlyMap<string, ReadonlySet<string>>): Item[][] {
  let above = new Map<string, number>();
  return rows.map((row) => {
    const wanted = new Map(row.map((item, at) => [item, placeOf(item, at)]));
    const inOrder = row.toSorted((a, b) => (wanted.get(a) ?? 0) - (wanted.get(b) ?? 0));
    above = new Map(inOrder.map(({ key }, at) => [key, (at + 0.5) / inOrder.length]));
    return inOrder;
  });

  function placeOf({ key, isLane }: Item, at: number): number {
    const from = isLane ? [key] : [...(sources.get(key) ?? [])];
    const places = from.flatMap((source) => above.get(source) ?? []);
    const small = at / 1000;
    return places.length === 0 ? small : places.reduce((sum, place) => sum + place, small) / places.length;
  }
}

function leastWidthOf(row: readonly Item[]): number {
  const boxes = row.filter(({ isLane }) => !isLane);
  const least = boxes.reduce((sum, { isGroup }) => sum + (isGroup ? groupWidth : narrowest), 0);
  return least + (row.length - boxes.length) * laneWidth + (row.length - 1) * columnGap;
}

function placedRows(rows: readonly Item[][], width: number): PlacedItem[][] {
  let y = 0;
  return rows.map((row) => {
    const lanes = row.filter(({ isLane }) => isLane).length;
    const room = width - lanes * laneWidth - (row.length - 1) * columnGap;
    const each = Math.min(widest, room / Math.max(1, row.length - lanes));
    const widthOf = ({ isLane, isGroup }: Item): number =>
      isLane ? laneWidth : isGroup ? groupWidth : Math.floor(each);
    const used = row.reduce((sum, item) => sum + widthOf(item), (row.length - 1) * columnGap);
    const height = Math.max(...row.map(heightOf));
    let x = Math.round((width - used) / 2);
    const placed = row.map((item) => {
      const at = { ...item, x, y, width: widthOf(item), height: item.isLane ? height : heightOf(item) };
      x += at.width + columnGap;
      return at;
    });
    y += height + rowGap;
    return placed;
  });
}

function heightOf({ isLane, isGroup, steps }: Item): number {
  if (isLane || !isGroup) return boxHeight;
  return groupHead + Math.ceil(steps.length / cellsARow) * cellSize + groupPad;
}

const cellsARow = Math.floor((groupWidth - 2 * groupPad) / cellSize);

/** Where the cell of a stage stands in its group. */
export function cellPlace(group: GraphBox, at: number): { x: number; y: number } {
  return {
    x: group.x + groupPad + (at % cellsARow) * cellSize,
    y: group.y + groupHead + Math.floor(at / cellsARow) * cellSize,
  };
}

function linesOf(
  rows: readonly PlacedItem[][],
  sources: ReadonlyMap<string, ReadonlySet<string>>,
): GraphLine[] {
  const lines: GraphLine[] = [];
  for (const [at, row] of rows.entries()) {
    const above = new Map(rows[at - 1]?.map((item) => [item.key, item]));
    const bottom = Math.max(0, ...(rows[at - 1] ?? []).map(({ y, height }) => y + height));
    for (const item of row) {
      for (const source of item.isLane ? [item.key] : (sources.get(item.key) ?? [])) {
        const from = above.get(source);
        if (!from) continue;
        const isHot = from.steps.every(({ status }) => status === "completed");
        lines.push({ path: curve(from, item, bottom), isHot });
      }
    }
  }
  return lines;
}

/** Straight down to the gap between the rows, across within it, and on through the lane if it leads into one. */
function curve(from: PlacedItem, to: PlacedItem, bottom: number): string {
  const [x, end] = [from.x + from.width / 2, to.x + to.width / 2];
  const middle = bottom + rowGap / 2;
  const across = `M${x} ${from.y + from.height}V${bottom}C${x} ${middle} ${end} ${middle} ${end} ${to.y}`;
  return to.isLane ? `${across}V${to.y + to.height}` : across;
}

import { describe, expect, test } from "bun:test";
import { layOutGraph, type GraphBox } from "./graph-layout.ts";
import type { StepRecord } from "../../src/execution/record.ts";
import { batchesOf } from "../../src/workflow/graph.ts";
import { aStage } from "../../src/testing/a-definition.ts";
import { aNewExecution } from "../../src/testing/an-execution.ts";

type Edges = Record<string, string[]>;

function laidOut(edges: Edges) {
  const stages = Object.entries(edges).map(([id, depends_on]) => aStage({ id, depends_on }));
  const batchOf = new Map(batchesOf(stages).flatMap((batch, at) => batch.map((id) => [id, at])));
  const steps = aNewExecution({ stages: stages.length }).steps.map(({ record }, at): StepRecord => ({
    ...record,
    stage_id: stages[at]?.id ?? "",
    batch: batchOf.get(stages[at]?.id ?? "") ?? 0,
  }));
  return layOutGraph(steps, new Map(Object.entries(edges)));
}

/** Points along a line: its straight parts and its curve. */
function pointsOf(path: string): { x: number; y: number }[] {
  const [x0 = 0, y0 = 0, v = 0, , y1 = 0, x2 = 0, y2 = 0, x3 = 0, y3 = 0, down = y3] = [
    ...path.matchAll(/-?[\d.]+/g),
  ].map(Number);
  const points = [];
  for (let at = 0; at <= 1; at += 0.05) {
    const back = 1 - at;
    points.push({ x: x0, y: y0 + (v - y0) * at });
    points.push({
      x: back ** 3 * x0 + 3 * back * back * at * x0 + 3 * back * at * at * x2 + at ** 3 * x3,
      y: back ** 3 * v + 3 * back * back * at * y1 + 3 * back * at * at * y2 + at ** 3 * y3,
    });
    points.push({ x: x3, y: y3 + (down - y3) * at });
  }
  return points;
}

function isInside({ x, y }: { x: number; y: number }, box: GraphBox): boolean {
  return x > box.x && x < box.x + box.width && y > box.y + 0.5 && y < box.y + box.height - 0.5;
}

const fan = Array.from({ length: 40 }, (_, at) => `f${at}`);
const graphs: [string, Edges][] = [
  ["a line past the middle of a chain", { a: [], b: ["a"], c: ["a", "b"] }],
  ["lines past several batches", { a: [], b: ["a"], c: ["b"], d: ["c", "a"], e: ["d", "b", "a"] }],
  ["lines beside each other", { a: [], b: [], c: ["a"], d: ["b"], e: ["a", "b", "c", "d"], f: ["e", "a"] }],
  [
    "a wide batch, and a line past it",
    { a: [], ...Object.fromEntries(fan.map((id) => [id, ["a"]])), z: [...fan, "a"] },
  ],
  [
    "many stages, each after two earlier ones",
    Object.fromEntries(
      Array.from({ length: 60 }, (_, at) => [
        `s${at}`,
        at === 0 ? [] : [...new Set([`s${(at * 7) % at}`, `s${(at * 13 + 5) % at}`])],
      ]),
    ),
  ],
];

describe("the graph of", () => {
  test.each(graphs)("%s draws no line behind a box", (_name, edges) => {
    const { boxes, lines } = laidOut(edges);
    expect(lines.length).toBeGreaterThan(0);
    const behind = lines.filter(({ path }) =>
      pointsOf(path).some((point) => boxes.some((box) => isInside(point, box))),
    );
    expect(behind).toEqual([]);
  });

  test.each(graphs)("%s lays no box over another, and all within the drawing", (_name, edges) => {
    const { boxes, width, height } = laidOut(edges);
    expect(boxes.flatMap(({ steps }) => steps)).toHaveLength(Object.keys(edges).length);
    for (const [at, a] of boxes.entries()) {
      expect(a.x >= 0 && a.x + a.width <= width && a.y + a.height <= height).toBe(true);
      for (const b of boxes.slice(at + 1))
        expect(
          a.x + a.width <= b.x || b.x + b.width <= a.x || a.y + a.height <= b.y || b.y + b.height <= a.y,
        ).toBe(true);
    }
  });

  test("a batch of forty is one box as wide as the column", () => {
    const { boxes, width } = laidOut({ a: [], ...Object.fromEntries(fan.map((id) => [id, ["a"]])) });
    expect(boxes.map(({ steps }) => steps.length)).toEqual([1, 40]);
    expect(width).toBe(318);
  });
});

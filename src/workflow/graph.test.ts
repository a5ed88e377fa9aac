import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { cyclesIn, findCycle } from "./cycles.ts";
import { batchesOf, buildGraph, criticalPath, type GraphStage } from "./graph.ts";
import { upstreamIn } from "./upstream.ts";

describe("batchesOf", () => {
  test.each([
    ["one stage", "a", "a"],
    ["stages that need nothing", "a b c", "a b c"],
    ["a diamond", "a b:a c:a d:b,c", "a | b c | d"],
    ["a file that lists the last stage first", "c:b b:a a", "a | b | c"],
    ["an edge over a level", "a b:a c:a,b", "a | b | c"],
    ["the file's order inside a batch", "z a m:a,z", "z a | m"],
    ["a dependency named twice", "a b:a,a", "a | b"],
  ])("%s", (_, stages, batches) => {
    expect(
      batchesOf(parsed(stages))
        .map((batch) => batch.join(" "))
        .join(" | "),
    ).toBe(batches);
  });

  test("handles a chain of 2,000 stages without a deep stack", () => {
    const chain = Array.from({ length: 2000 }, (_, at) => ({
      id: `s${at}`,
      depends_on: at ? [`s${at - 1}`] : [],
    }));
    expect(batchesOf(chain.toReversed())).toHaveLength(2000);
  });

  test("puts each stage one batch after the last of its dependencies, in any graph", () => {
    fc.assert(
      fc.property(graphs, (stages) => {
        const level = new Map(batchesOf(stages).flatMap((batch, at) => batch.map((id) => [id, at] as const)));
        for (const { id, depends_on } of stages) {
          const behind = Math.max(-1, ...depends_on.map((each) => level.get(each) ?? 0));
          expect(level.get(id)).toBe(behind + 1);
        }
      }),
    );
  });
});

describe("upstreamIn", () => {
  test("agrees with walking the graph, for any graph", () => {
    fc.assert(
      fc.property(graphs, (stages) => {
        const upstream = upstreamIn(buildGraph(stages));
        stages.forEach(({ id }, at) => {
          const before = walked(stages, id);
          const found = stages
            .filter((_, candidate) => upstream.isBefore(candidate, at))
            .map((each) => each.id);
          expect(new Set(found)).toEqual(before);
        });
      }),
    );
  });

  test("a dependency is implied when another one needs it", () => {
    const upstream = upstreamIn(buildGraph(parsed("a b:a c:a,b")));
    expect([upstream.isImplied(0, 2), upstream.isImplied(1, 2), upstream.isImplied(0, 1)]).toEqual([
      true,
      false,
      false,
    ]);
  });

  test("in a cycle every stage comes before every other, and before the stages that depend on it", () => {
    const upstream = upstreamIn(buildGraph(parsed("a:b b:a c:b d")));
    expect([0, 1, 2, 3].map((at) => [upstream.isBefore(at, 0), upstream.isBefore(at, 2)])).toEqual([
      [true, true],
      [true, true],
      [false, false],
      [false, false],
    ]);
  });
});

describe("findCycle", () => {
  test.each([
    ["no cycle", "a b:a", null],
    ["a stage that names itself", "a b:a,b", "b b"],
    ["two stages", "a:b b:a", "a b a"],
    ["three, in the order of running", "a:c b:a c:b", "a b c a"],
    ["the shortest way round", "a:d b:a c:b d:b,c", "a b d a"],
    ["one behind stages that are fine", "x y:x,z z:y", "y z y"],
    ["unknown names and a second stage of a name make none", "a:gone b:a a:b", null],
  ])("%s", (_, stages, cycle) => {
    expect(findCycle(parsed(stages))?.join(" ") ?? null).toBe(cycle);
  });
});

describe("cyclesIn", () => {
  test.each([
    ["two through one stage", "a:b,c b:a c:a", ["a b a", "a c a"]],
    ["a short one and a long one through it", "a:b,d b:a c:a d:c", ["a b a", "a c d a"]],
    ["two that share no stage", "a:b b:a c:d d:c", ["a b a", "c d c"]],
    ["one inside another", "a:c b:a,c c:b", ["a b c a", "b c b"]],
    ["one alone is told once", "a:c b:a c:b", ["a b c a"]],
  ])("%s", (_, stages, expected) => {
    const graph = buildGraph(parsed(stages));
    const found = cyclesIn(graph).map((cycle) => cycle.map((at) => graph.ids[at]).join(" "));
    expect(found).toEqual(expected);
  });

  test("20 cycles of thousands in one knot are found, but at least one of every knot", () => {
    const dense = Array.from({ length: 60 }, (_, at) => `s${at}`);
    const knot = dense.map((id) => ({ id, depends_on: dense.filter((other) => other !== id) }));
    const pairs = Array.from({ length: 30 }, (_, at) => [
      { id: `a${at}`, depends_on: [`b${at}`] },
      { id: `b${at}`, depends_on: [`a${at}`] },
    ]).flat();
    expect([cyclesIn(buildGraph(knot)).length, cyclesIn(buildGraph(pairs)).length]).toEqual([20, 30]);
  });
});

describe("criticalPath", () => {
  const minutes: Record<string, number> = { a: 1, b: 5, c: 2, d: 1, gate: 0 };
  test.each([
    ["the longest way", "a b:a c:a d:b,c", "a b d", 7],
    ["of equal ways the first in the file", "a c:a d:a b:c,d", "a c b", 8],
    ["of equal ways the one with more stages", "a b:a gate:b", "a b gate", 6],
    ["nothing", "", "", 0],
  ])("%s", (_, stages, path, total) => {
    const found = criticalPath(parsed(stages), ({ id }) => minutes[id] ?? 0);
    expect([found.path.join(" "), found.total]).toEqual([path, total]);
  });
});

/** Acyclic: each stage depends on some of those before it. */
const graphs: fc.Arbitrary<GraphStage[]> = fc
  .array(fc.array(fc.nat(11), { maxLength: 4 }), { maxLength: 12 })
  .map((rows) =>
    rows.map((row, at) => ({
      id: `s${at}`,
      depends_on: row.filter((each) => each < at).map((each) => `s${each}`),
    })),
  );

function walked(stages: readonly GraphStage[], id: string): Set<string> {
  const found = new Set<string>();
  const open = [id];
  for (let next = open.pop(); next; next = open.pop()) {
    for (const dependency of stages.find((stage) => stage.id === next)?.depends_on ?? []) {
      if (!found.has(dependency)) open.push(dependency);
      found.add(dependency);
    }
  }
  return found;
}

/** `a b:a c:a,b`: stages with what they depend on. */
function parsed(text: string): GraphStage[] {
  return text
    .split(" ")
    .filter(Boolean)
    .map((part) => {
      const [id = "", dependencies = ""] = part.split(":");
      return { id, depends_on: dependencies === "" ? [] : dependencies.split(",") };
    });
}

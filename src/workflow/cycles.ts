import { buildGraph, components, type Graph, type GraphStage } from "./graph.ts";

/** A shortest cycle through the first stage of each knot: numbers in the order of running, the first twice. */
export function cyclesIn(
  graph: Graph,
  order: readonly (readonly number[])[] = components(graph),
): number[][] {
  return order.filter((members) => members.length > 1).map((members) => cycleThrough(graph, members));
}

/** One cycle's ids, `["a", "b", "a"]` where b depends on a and a on b; a stage that names itself counts. Null: none. */
export function findCycle(stages: readonly GraphStage[]): string[] | null {
  const graph = buildGraph(stages);
  const own = stages.find(({ id, depends_on }) => depends_on.includes(id));
  if (own) return [own.id, own.id];
  const [first] = cyclesIn(graph);
  return first ? first.map((at) => graph.ids[at] ?? "") : null;
}

/** Breadth first along the dependencies from the first member until it comes round. */
function cycleThrough({ dependencies }: Graph, members: readonly number[]): number[] {
  const [start = 0] = members;
  const inside = new Set(members);
  const after = new Map<number, number>();
  const queue = [start];
  for (const node of queue) {
    for (const dependency of dependencies[node] ?? []) {
      if (!inside.has(dependency) || (after.has(dependency) && dependency !== start)) continue;
      if (dependency === start) return [start, ...wayTo(after, node, start)];
      after.set(dependency, node);
      queue.push(dependency);
    }
  }
  throw new Error("a knot of stages has no cycle");
}

/** From a node the search came to, forward in the order of running, to the start. */
function wayTo(after: ReadonlyMap<number, number>, node: number, start: number): number[] {
  const way: number[] = [];
  let at: number | undefined = node;
  while (at !== undefined && at !== start) {
    way.push(at);
    at = after.get(at);
  }
  return [...way, start];
}

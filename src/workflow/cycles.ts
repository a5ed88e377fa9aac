import { buildGraph, components, type Graph, type GraphStage } from "./graph.ts";

/** At most this many cycles are found, or one for each knot when there are more knots. */
const mostOfKnots = 20;

/**
 * The cycles to break, as stage numbers in the order of running with the first one repeated at the end: a shortest
 * cycle through the first stage of each knot, then those that are left when this stage no longer depends on its
 * predecessor.
 */
export function cyclesIn(
  graph: Graph,
  order: readonly (readonly number[])[] = components(graph),
): number[][] {
  const knots = order.filter(isKnot);
  const most = Math.max(knots.length, mostOfKnots);
  const dependencies = [...graph.dependencies];
  const found: number[][] = [];
  for (const members of knots) {
    if (found.length === most) break;
    const cycle = cycleThrough({ dependencies }, members);
    found.push(cycle);
    const [first = 0] = cycle;
    dependencies[first] = (dependencies[first] ?? []).filter((at) => at !== cycle.at(-2));
    knots.push(...knotsAmong(dependencies, members));
  }
  return found;
}

/** The knots that are left among some stages. */
function knotsAmong(dependencies: Graph["dependencies"], members: readonly number[]): number[][] {
  const places = new Map(members.map((member, place) => [member, place]));
  const inside = members.map((member) =>
    (dependencies[member] ?? []).flatMap((dependency) => places.get(dependency) ?? []),
  );
  const parts = components({ dependencies: inside }).filter(isKnot);
  return parts.map((part) => part.map((place) => members[place] ?? 0));
}

function isKnot(members: readonly number[]): boolean {
  return members.length > 1;
}

/** The ids of one cycle: `["a", "b", "a"]` when b depends on a and a on b, or on itself. Null when there is none. */
export function findCycle(stages: readonly GraphStage[]): string[] | null {
  const graph = buildGraph(stages);
  const own = stages.find(({ id, depends_on }) => depends_on.includes(id));
  if (own) return [own.id, own.id];
  const [first] = cyclesIn(graph);
  return first ? first.map((at) => graph.ids[at] ?? "") : null;
}

/** Searches the dependencies of the first member, breadth first, until it reaches that member again. */
function cycleThrough({ dependencies }: Pick<Graph, "dependencies">, members: readonly number[]): number[] {
  const [start = 0] = members;
  const inside = new Set(members);
  const after = new Map<number, number>();
  const queue = [start];
  for (const node of queue) {
    for (const dependency of dependencies[node] ?? []) {
      if (!inside.has(dependency) || (after.has(dependency) && dependency !== start)) continue;
      if (dependency === start) return [start, ...walkToStart(after, node, start)];
      after.set(dependency, node);
      queue.push(dependency);
    }
  }
  throw new Error("a knot of stages has no cycle");
}

/** The path from a node that the search has reached to the start, in the order of running. */
function walkToStart(after: ReadonlyMap<number, number>, node: number, start: number): number[] {
  const way: number[] = [];
  let at: number | undefined = node;
  while (at !== undefined && at !== start) {
    way.push(at);
    at = after.get(at);
  }
  return [...way, start];
}

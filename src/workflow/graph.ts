/**
 * A stage in the graph. A dependency on itself or on an unknown id is ignored. A duplicate id means its first stage.
 */
export interface GraphStage {
  readonly id: string;
  readonly depends_on: readonly string[];
}

/** The stages by number, in the order of the file. */
export interface Graph {
  ids: readonly string[];
  /** The direct dependencies of each stage, without duplicates. */
  dependencies: readonly (readonly number[])[];
  positions: ReadonlyMap<string, number>;
}

export function buildGraph(stages: readonly GraphStage[]): Graph {
  const positions = new Map<string, number>();
  stages.forEach(({ id }, at) => {
    if (!positions.has(id)) positions.set(id, at);
  });
  const dependencies = stages.map(({ depends_on }, at) => {
    const found = new Set<number>();
    for (const id of depends_on) {
      const position = positions.get(id);
      if (position !== undefined && position !== at) found.add(position);
    }
    return [...found];
  });
  return { ids: stages.map(({ id }) => id), dependencies, positions };
}

/**
 * The graph's components, dependencies first. A component is one stage, or the stages of one knot of cycles. This is
 * Tarjan's algorithm with its own stack instead of recursion, because a chain may have 2,000 stages.
 */
export function components({ dependencies }: Pick<Graph, "dependencies">): number[][] {
  const count = dependencies.length;
  const order = new Int32Array(count).fill(-1);
  const low = new Int32Array(count);
  const next = new Int32Array(count);
  const isOpen = new Uint8Array(count);
  const open: number[] = [];
  const found: number[][] = [];
  let clock = 0;
  const enter = (node: number, way: number[]): void => {
    order[node] = low[node] = clock++;
    isOpen[node] = 1;
    open.push(node);
    way.push(node);
  };
  const leave = (node: number, parent: number | undefined): void => {
    if (parent !== undefined) low[parent] = Math.min(low[parent] ?? 0, low[node] ?? 0);
    if (low[node] !== order[node]) return;
    const members = open.splice(open.lastIndexOf(node));
    for (const member of members) isOpen[member] = 0;
    found.push(members.toSorted((a, b) => a - b));
  };
  for (let root = 0; root < count; root++) {
    if (order[root] !== -1) continue;
    const way: number[] = [];
    enter(root, way);
    for (let node = way.at(-1); node !== undefined; node = way.at(-1)) {
      const at = next[node] ?? 0;
      const target = dependencies[node]?.[at];
      next[node] = at + 1;
      if (target === undefined) {
        way.pop();
        leave(node, way.at(-1));
      } else if (order[target] === -1) enter(target, way);
      else if (isOpen[target] === 1) low[node] = Math.min(low[node] ?? 0, order[target] ?? 0);
    }
  }
  return found;
}

/** Batch k holds the stages whose longest path from a root has k-1 edges, in the file's order. For acyclic graphs. */
export function batchesOf(stages: readonly GraphStage[]): string[][] {
  const graph = buildGraph(stages);
  const levels = new Int32Array(stages.length);
  for (const [node = 0] of components(graph)) {
    for (const dependency of graph.dependencies[node] ?? []) {
      levels[node] = Math.max(levels[node] ?? 0, (levels[dependency] ?? 0) + 1);
    }
  }
  const batches: string[][] = [];
  graph.ids.forEach((id, at) => (batches[levels[at] ?? 0] ??= []).push(id));
  return batches;
}

/** The path from a root to an end that takes longest, and its time. Of equal paths, the one with more stages. */
export function criticalPath<Stage extends GraphStage>(
  stages: readonly Stage[],
  duration: (stage: Stage) => number,
): { path: string[]; total: number } {
  const graph = buildGraph(stages);
  const totals: number[] = [];
  const lengths: number[] = [];
  const before: number[] = [];
  const isBetter = (a: number, b: number): boolean => {
    const difference = (totals[a] ?? 0) - (b < 0 ? -1 : (totals[b] ?? 0));
    return difference > 0 || (difference === 0 && (lengths[a] ?? 0) > (lengths[b] ?? 0));
  };
  for (const [node = 0] of components(graph)) {
    let best = -1;
    for (const dependency of graph.dependencies[node] ?? [])
      if (isBetter(dependency, best)) best = dependency;
    const stage = stages[node];
    totals[node] = (totals[best] ?? 0) + (stage ? duration(stage) : 0);
    lengths[node] = (lengths[best] ?? 0) + 1;
    before[node] = best;
  }
  let end = -1;
  for (let at = 0; at < stages.length; at++) if (isBetter(at, end)) end = at;
  const path: string[] = [];
  for (let at = end; at >= 0; at = before[at] ?? -1) path.unshift(graph.ids[at] ?? "");
  return { path, total: totals[end] ?? 0 };
}

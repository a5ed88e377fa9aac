import type { ArtifactLookup } from "./artifact-lookup.ts";
import type { EffectiveDefinition } from "./effective.ts";
import type { ExpressionSite } from "./expression-sites.ts";
import { components, type Graph } from "./graph.ts";
import type { Guess, Names } from "./guess.ts";
import type { Report } from "./report.ts";
import { sourceOffset } from "./scalar-offset.ts";
import { nearestNode, nodeAt, type Path, type SourceNode, type Spot } from "./source-node.ts";
import { upstreamIn, type Upstream } from "./upstream.ts";
import type { PlacedStage } from "./stage-walk.ts";

/** The input of the rules: the definition with its defaults, even if it has faults, and its text as a tree. */
export interface Subject {
  text: string;
  root: SourceNode;
  definition: EffectiveDefinition;
  /** Indexed by the number of the stage. */
  stages: PlacedStage[];
  graph: Graph;
  /** The components, dependencies first. A component of several stages is a knot of cycles. */
  order: number[][];
  upstream: Upstream;
  sites: ExpressionSite[];
  artifacts: ArtifactLookup | null;
  isStrict: boolean;
  guess: Guess;
}

/** One check, which reads the subject and adds to the report. */
export type Rule = (subject: Subject, report: Report) => void;

export function graphParts(graph: Graph): Pick<Subject, "graph" | "order" | "upstream"> {
  const order = components(graph);
  return { graph, order, upstream: upstreamIn(graph, order) };
}

/** The place of the node at a path, or of the nearest node above it. */
export function spotAt({ root }: Subject, path: Path): Spot {
  return nearestNode(root, path);
}

/** The place of a key. */
export function keySpotAt({ root }: Subject, path: Path): Spot {
  const map = nodeAt(root, path.slice(0, -1));
  const entry = map?.kind === "map" ? map.entries.get(String(path.at(-1))) : undefined;
  return entry ? { ...entry.key, origin: entry.value.origin } : nearestNode(root, path);
}

/** The place of a character in the text of an expression site. */
export function siteSpot({ text }: Subject, { node }: ExpressionSite, offset: number): Spot {
  const start = sourceOffset(text, node, offset);
  return { start, end: node.end, origin: node.origin };
}

/** The names in a map of the definition, including faulty ones; null when the value is not a map. */
export function declaredNames({ root }: Subject, path: Path): Names | null {
  const node = nodeAt(root, path);
  if (node?.kind === "map") return node.entries;
  return node && !(node.kind === "scalar" && node.value === null) ? null : new Set();
}

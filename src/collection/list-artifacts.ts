import { checkFormat } from "../workflow/formats.ts";
import type { PlaceName } from "./artifact-places.ts";
import { keyOf, type Artifact, type PlaceIndex } from "./place-index.ts";

export const listedTypes = ["agent", "skill", "command", "mcp"] as const;
export type ListedType = (typeof listedTypes)[number];

/** An artifact as lists and pickers show it. */
export interface ListedArtifact {
  type: ListedType;
  /** The reference that a definition can use. */
  ref: string;
  name: string;
  description: string | null;
  /** Absolute. */
  path: string;
  place: PlaceName;
  /** The origin that the manifest names; null when no manifest lists the artifact. */
  origin: string | null;
  upstream: string | null;
  tags: string[];
  /** Artifacts of the same name in later places, which the name therefore does not find. */
  shadows: { place: PlaceName; path: string }[];
}

/** Lists each name of a type once, with the artifact that a reference finds. `indexes`: in the order of the search. */
export function listArtifacts(type: ListedType, indexes: readonly PlaceIndex[]): ListedArtifact[] {
  const find = (name: string): Artifact | null => {
    for (const index of indexes) {
      const artifact = index.find(name);
      if (artifact) return artifact;
    }
    return null;
  };
  const all = indexes.flatMap(({ artifacts }) => artifacts);
  const isFound = (artifact: Artifact): boolean => find(artifact.name)?.path === artifact.path;
  const listed = new Map<string, ListedArtifact>();
  for (const artifact of all.filter(isFound)) {
    const key = `${keyOf(artifact.name)}\n${artifact.path}`;
    if (!listed.has(key)) listed.set(key, listedOf(type, refOf(type, artifact, find), artifact));
  }
  for (const artifact of all.filter((each) => !isFound(each))) {
    const winner = find(artifact.name);
    const hides = winner && listed.get(`${keyOf(winner.name)}\n${winner.path}`);
    const shadow = { place: artifact.place, path: artifact.path };
    if (hides && !hides.shadows.some(({ path }) => path === shadow.path)) hides.shadows.push(shadow);
  }
  return [...listed].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, artifact]) => artifact);
}

/** The first of its names that finds it and that a reference can contain; its own name when there is none. */
function refOf(type: ListedType, artifact: Artifact, find: (name: string) => Artifact | null): string {
  const leading = artifact.names.filter((name) => find(name)?.path === artifact.path);
  const isSpelled = (name: string): boolean => checkFormat("artifact-ref", `${type}:${name}`) === null;
  return `${type}:${leading.find(isSpelled) ?? artifact.name}`;
}

function listedOf(type: ListedType, ref: string, artifact: Artifact): ListedArtifact {
  const { name, description, path, place, listed } = artifact;
  const { origin = null, upstream = null, tags = [] } = listed ?? {};
  return { type, ref, name, description, path, place, origin, upstream, tags, shadows: [] };
}

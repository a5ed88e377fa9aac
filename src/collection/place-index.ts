import { basename, dirname, join, relative, sep } from "node:path";
import { nameOfFile } from "../dispatch/agent-file.ts";
import { AppError } from "../errors.ts";
import type { ArtifactType, Place, PlaceName } from "./artifact-places.ts";
import { readManifest } from "./manifest.ts";
import { noHead, readHead, textOf, type ArtifactHead } from "./read-head.ts";
import { readStart } from "./read-start.ts";
import { isAbsence, scanFolder, staysInside, type RefusedLink, type ScanTarget } from "./scan-folder.ts";
import { existsSync, readFileSync } from "./seen-files.ts";

/** One artifact in a place. */
export interface Artifact {
  /** The name in its manifest, else in its front matter, else that of its file. */
  name: string;
  description: string | null;
  /** The path of the file; for a skill, of its folder. */
  path: string;
  /** The file with its text; for a skill, its `SKILL.md`. */
  file: string;
  place: PlaceName;
  /** The names that find it, the most specific first: its own, its file's, and the file's with its folders. */
  names: string[];
  /** Its entry in the manifest; null when no manifest lists it. */
  listed: { origin: string | null; upstream: string | null; tags: string[] } | null;
}

/** A place's artifacts by each kind of name, in lower case. If several have a name, the first one counts. */
export interface PlaceIndex {
  artifacts: Artifact[];
  /** Links that lead out of the place and were not followed. */
  refused: RefusedLink[];
  find(name: string): Artifact | null;
}

const wantedOf: Record<Exclude<ArtifactType, "mcp">, ScanTarget> = {
  agent: { kind: "files", ending: ".md" },
  command: { kind: "files", ending: ".md" },
  skill: { kind: "folders", holding: "SKILL.md" },
  hook: { kind: "files", ending: "" },
};

export function indexPlace(place: Place, type: Exclude<ArtifactType, "mcp">): PlaceIndex {
  const named = manifestEntries(place, type);
  const { found, refused } = scanFolder(place, wantedOf[type]);
  const paths = new Set(found.map(({ path }) => path));
  for (const path of named.keys()) {
    const file = type === "skill" ? join(path, "SKILL.md") : path;
    const isThere = place.followsLinks ? existsSync(file) : staysInside(file, place.boundary);
    if (!paths.has(path) && isThere) found.push({ path, relative: basename(path) });
  }
  const artifacts: Artifact[] = [];
  const byManifest = new Map<string, Artifact>();
  const byFrontMatter = new Map<string, Artifact>();
  const byFile = new Map<string, Artifact>();
  for (const each of found) {
    const file = type === "skill" ? join(each.path, "SKILL.md") : each.path;
    const own = headOf(file, type);
    const entry = named.get(each.path) ?? null;
    const listed = entry?.name ?? null;
    const stem = nameOfFile(file);
    const folder = dirname(each.relative);
    const fileNames = [stem, folder === "." ? stem : `${folder}/${stem}`, each.relative];
    const artifact: Artifact = {
      name: listed ?? own.name ?? stem,
      description: own.description,
      path: each.path,
      file,
      place: place.name,
      names: [...[listed, own.name].filter((name) => name !== null), ...fileNames],
      listed: entry && { origin: entry.origin, upstream: entry.upstream, tags: entry.tags },
    };
    artifacts.push(artifact);
    if (listed !== null) addFirst(byManifest, listed, artifact);
    if (own.name !== null) addFirst(byFrontMatter, own.name, artifact);
    for (const name of fileNames) addFirst(byFile, name, artifact);
  }
  const maps = [byManifest, byFrontMatter, byFile];
  return {
    artifacts,
    refused,
    find(name) {
      for (const map of maps) {
        const artifact = map.get(keyOf(name));
        if (artifact) return artifact;
      }
      return null;
    },
  };
}

/** Names that differ only in the case of letters or in the encoding of accents are equal. */
export function keyOf(name: string): string {
  return name.normalize("NFC").toLowerCase();
}

function addFirst(map: Map<string, Artifact>, name: string, artifact: Artifact): void {
  const key = keyOf(name);
  if (!map.has(key)) map.set(key, artifact);
}

interface Entry {
  name: string;
  origin: string | null;
  upstream: string | null;
  tags: string[];
}

/** The manifest's entries of a type by absolute path. A broken manifest has none. */
function manifestEntries({ manifest, boundary }: Place, type: ArtifactType): Map<string, Entry> {
  const entries = new Map<string, Entry>();
  if (manifest === null || !staysInside(manifest, boundary)) return entries;
  const base = dirname(manifest);
  for (const entry of entriesOf(manifest)) {
    const { name, path, tags } = entry;
    if (entry["type"] !== type || typeof name !== "string" || typeof path !== "string") continue;
    const absolute = join(base, path.split(sep).join("/"));
    if (relative(base, absolute).startsWith("..")) continue;
    entries.set(absolute.replace(/\/+$/, ""), {
      name,
      origin: textOf(entry["origin"]),
      upstream: textOf(entry["upstream"]),
      tags: Array.isArray(tags) ? tags.filter((tag) => typeof tag === "string") : [],
    });
  }
  return entries;
}

function entriesOf(manifest: string): Record<string, unknown>[] {
  try {
    return readManifest(readFileSync(manifest, "utf8"), manifest);
  } catch (error) {
    if (error instanceof AppError || isAbsence(error)) return [];
    throw error;
  }
}

/** A file with a broken front matter has only its file's name here; whoever reads it as an agent gets the error. */
function headOf(file: string, type: ArtifactType): ArtifactHead {
  if (type === "hook") return noHead;
  try {
    return readHead(readStart(file), { mayBeIndented: type === "agent" });
  } catch (error) {
    if (isAbsence(error)) return noHead;
    throw error;
  }
}

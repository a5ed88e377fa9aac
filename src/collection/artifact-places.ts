import { dirname, join, resolve } from "node:path";
import { followsLinks } from "../config.ts";
import type { ScanPlace } from "./scan-folder.ts";
import { collectionsOf } from "./workflow-files.ts";
import { existsSync, noteFile } from "./seen-files.ts";

export const artifactTypes = ["agent", "skill", "command", "mcp", "hook"] as const;
export type ArtifactType = (typeof artifactTypes)[number];

/** The kinds of place an artifact can be in, in the order of the search. */
export const placeNames = ["beside", "project", "collection", "user"] as const;
export type PlaceName = (typeof placeNames)[number];

/** A folder in which artifacts are looked for. */
export interface Place extends ScanPlace {
  name: PlaceName;
  /** For a collection's folder: the manifest that lists its content. */
  manifest: string | null;
}

/** The absolute folders from which the search starts. */
export interface Surroundings {
  /** The folder of the workflow file. */
  beside: string;
  workdir: string;
  home: string;
  userHome: string;
}

/** The folders for a type of artifact, in the order of the search: the first one that has the name wins. */
export function placesOf(type: ArtifactType, surroundings: Surroundings): Place[] {
  const { beside, userHome, home } = surroundings;
  const folder = `${type}s`;
  const places: UnsetPlace[] = [
    ownPlace("beside", join(beside, folder)),
    claudePlace(besideName(surroundings), beside, folder),
    ...projectFolders(surroundings).map(({ path }) => claudePlace("project", path, folder)),
    ...collections(surroundings).map(({ types, root, manifest }) => ({
      ...collectionPlace(root, join(types, folder)),
      manifest,
    })),
    claudePlace("user", userHome, folder),
  ];
  return followingLinks(home, places);
}

/** The folders of context modules, in the order of the search. */
export function contextPlaces(surroundings: Surroundings): Place[] {
  const kinds = ["context", "specs", "rules"];
  const { beside, home } = surroundings;
  return followingLinks(home, [
    ...kinds.map((kind) => claudePlace(besideName(surroundings), beside, kind)),
    ...projectFolders(surroundings).flatMap(({ path }) =>
      kinds.map((kind) => claudePlace("project", path, kind)),
    ),
    ...collections(surroundings).flatMap(({ types, root }) =>
      kinds.map((kind) => collectionPlace(root, join(types, kind))),
    ),
    ownPlace("beside", join(beside, "context")),
  ]);
}

/** The `.claude` of the working directory belongs to the project, even if the workflow file is in it. */
function besideName({ beside, workdir }: Surroundings): PlaceName {
  return resolve(beside) === resolve(workdir) ? "project" : "beside";
}

type UnsetPlace = Omit<Place, "followsLinks">;

function ownPlace(name: PlaceName, folder: string): UnsetPlace {
  return { name, folder, boundary: folder, isOwners: false, manifest: null };
}

function collectionPlace(root: string, folder: string): UnsetPlace {
  return { name: "collection", folder, boundary: root, isOwners: true, manifest: null };
}

function claudePlace(name: PlaceName, base: string, folder: string): UnsetPlace {
  const boundary = join(base, ".claude");
  return { name, folder: join(boundary, folder), boundary, isOwners: false, manifest: null };
}

function followingLinks(home: string, places: readonly UnsetPlace[]): Place[] {
  noteFile(join(home, "config.toml"));
  const follows = followsLinks(home);
  return places.map((place) => ({ ...place, followsLinks: follows }));
}

/** The files that name MCP servers: `.mcp.json`, and the manifests of collections. */
export function serverFiles(
  surroundings: Surroundings,
): { file: string; boundary: string; place: PlaceName }[] {
  const projects = projectFolders(surroundings).map(({ path, root }) => ({
    file: join(path, ".mcp.json"),
    boundary: root,
    place: "project" as const,
  }));
  const manifests = collections(surroundings).map(({ manifest, root }) => ({
    file: manifest,
    boundary: root,
    place: "collection" as const,
  }));
  const own = {
    file: join(surroundings.beside, ".mcp.json"),
    boundary: besideBoundary(surroundings),
    place: "beside" as const,
  };
  return [own, ...projects, ...manifests];
}

/** The working directory and its parents up to the root of its repository. Outside a repository: only the directory. */
function projectFolders({ workdir }: Surroundings): { path: string; root: string }[] {
  const root = repositoryOf(workdir) ?? resolve(workdir);
  const folders = [{ path: resolve(workdir), root }];
  for (let at = resolve(workdir); at !== root; at = dirname(at)) folders.push({ path: dirname(at), root });
  return folders;
}

function besideBoundary({ beside }: Surroundings): string {
  return repositoryOf(beside) ?? resolve(beside);
}

function repositoryOf(folder: string): string | null {
  for (let at = resolve(folder); ; at = dirname(at)) {
    if (existsSync(join(at, ".git"))) return at;
    if (at === dirname(at)) return null;
  }
}

/** The collections of both layouts, the active one first. */
function collections({ home }: Surroundings): { types: string; root: string; manifest: string }[] {
  return collectionsOf(home).map(({ folder, workflows, manifest }) => ({
    types: dirname(workflows),
    root: folder,
    manifest,
  }));
}

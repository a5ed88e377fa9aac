import { existsSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { openCollection } from "./workflow-files.ts";

export const artifactTypes = ["agent", "skill", "command", "mcp", "hook"] as const;
export type ArtifactType = (typeof artifactTypes)[number];

/** A folder that artifacts are looked for in; links must not lead out of `boundary`. */
export interface Place {
  folder: string;
  boundary: string;
  /** The manifest that names what is here, for a collection's folder. */
  manifest: string | null;
}

/** Where the looking starts; absolute folders. */
export interface Surroundings {
  /** Of the workflow file. */
  beside: string;
  workdir: string;
  home: string;
  userHome: string;
}

/** The folders of a type, in the order they are looked through: the first that has the name wins. */
export function placesOf(type: ArtifactType, surroundings: Surroundings): Place[] {
  const { beside, userHome } = surroundings;
  const folder = `${type}s`;
  const own = placesIn(beside, besideBoundary(surroundings), [folder, join(".claude", folder)]);
  const project = projectFolders(surroundings).flatMap(({ path, root }) =>
    placesIn(path, root, [join(".claude", folder)]),
  );
  const collection = collections(surroundings).map(({ types, root, manifest }) => ({
    folder: join(types, folder),
    boundary: root,
    manifest,
  }));
  return [...own, ...project, ...collection, ...placesIn(userHome, userHome, [join(".claude", folder)])];
}

/** The folders of context modules, in their order. */
export function contextPlaces(surroundings: Surroundings): Place[] {
  const kinds = ["context", "specs", "rules"];
  const claude = kinds.map((kind) => join(".claude", kind));
  const { beside } = surroundings;
  const boundary = besideBoundary(surroundings);
  return [
    ...placesIn(beside, boundary, claude),
    ...projectFolders(surroundings).flatMap(({ path, root }) => placesIn(path, root, claude)),
    ...collections(surroundings).flatMap(({ types, root }) => placesIn(types, root, kinds)),
    ...placesIn(beside, boundary, ["context"]),
  ];
}

/** The files that name MCP servers: `.mcp.json`, and the manifests of collections. */
export function serverFiles(surroundings: Surroundings): { file: string; boundary: string }[] {
  const projects = projectFolders(surroundings).map(({ path, root }) => ({
    file: join(path, ".mcp.json"),
    boundary: root,
  }));
  const manifests = collections(surroundings).map(({ manifest, root }) => ({
    file: manifest,
    boundary: root,
  }));
  const own = { file: join(surroundings.beside, ".mcp.json"), boundary: besideBoundary(surroundings) };
  return [own, ...projects, ...manifests];
}

/** From the working directory up to the root of its repository; without one only itself: above is not the project. */
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

/** Both layouts, the active one first. Links out of a collection may lead anywhere in the home. */
function collections({ home }: Surroundings): { types: string; root: string; manifest: string }[] {
  const active = openCollection(home);
  const found = [{ types: dirname(active.workflows), root: home, manifest: active.manifest }];
  const plans = join(home, "collection");
  if (active.folder !== plans) {
    found.push({ types: join(plans, "artifacts"), root: home, manifest: join(plans, "collection.toml") });
  }
  return found;
}

function placesIn(base: string, boundary: string, folders: readonly string[]): Place[] {
  return folders.map((folder) => ({ folder: join(base, folder), boundary, manifest: null }));
}

import { createHash } from "node:crypto";
import { basename } from "node:path";
import { longestAgentFile, parseAgentFile } from "../dispatch/agent-file.ts";
import type { AgentFile, ContextModule } from "../execution/snapshot.ts";
import { readFrontMatter } from "../dispatch/front-matter.ts";
import { AppError } from "../errors.ts";
import { nearest } from "../expression/nearest.ts";
import type { ArtifactLookup } from "../workflow/artifact-lookup.ts";
import type { AgentTools } from "./agent-tools.ts";
import { splitRef } from "./artifact-ref.ts";
import { openTools } from "./open-tools.ts";
import {
  artifactTypes,
  contextPlaces,
  placesOf,
  type ArtifactType,
  type Place,
  type Surroundings,
} from "./artifact-places.ts";
import { listArtifacts, type ListedArtifact, type ListedType } from "./list-artifacts.ts";
import { indexPlace, keyOf, type PlaceIndex } from "./place-index.ts";
import { refusalText, scanFolder, type RefusedLink } from "./scan-folder.ts";
import { indexServers } from "./find-servers.ts";
import { readFileSync, statSync } from "./seen-files.ts";

/** Finds artifacts by reference: beside the workflow, in the project, in the collection, in the user's own folder. */
export interface Artifacts extends ArtifactLookup {
  /**
   * Throws `AppError("invalid_definition")` with file and line when the file is not an agent, and
   * `AppError("unavailable")` when the file may not be read.
   */
  agent(ref: string): AgentFile | null;
  module(ref: string): ContextModule | null;
  /** What an agent's file and these tools of its stages name for it to use. */
  tools(agent: AgentFile, tools: readonly string[]): AgentTools;
  /** Lists each name once, with the artifact that a reference to it would find. Sorted by name. */
  list(type: ListedType): ListedArtifact[];
  /** Links in a type's places that lead out of them and were not followed. */
  refused(type: ListedType): RefusedLink[];
}

/** Each folder is read once, when it is first needed; later changes are not seen. */
export function openArtifacts(surroundings: Surroundings): Artifacts {
  const indexes = once((type: ArtifactType) => {
    if (type === "mcp") return [later(() => indexServers(surroundings))];
    return placesOf(type, surroundings).map((place) => later(() => indexPlace(place, type)));
  });
  const modules = contextPlaces(surroundings).map((place) => later(() => moduleFiles(place)));

  function findFile(ref: string): { path: string; file: string } | null {
    const { type, names } = splitRef(ref);
    return type === null ? null : findNamed(indexes(type), names);
  }

  function agentOf(ref: string): AgentFile | null {
    const found = findFile(ref);
    return found && parseAgentFile(readBounded(found.file), { path: found.file, ref });
  }

  function tryAgent(ref: string): { agent: AgentFile | null; trouble: string | null } {
    try {
      return { agent: agentOf(ref), trouble: null };
    } catch (error) {
      if (error instanceof AppError) return { agent: null, trouble: error.message };
      throw error;
    }
  }

  const { hint, tools, lacks } = openTools(surroundings, {
    hint: (ref) => hintFor(ref, indexes, modules),
    skillFolder: (ref) => findFile(ref)?.path ?? null,
    agent: (ref) => tryAgent(ref).agent,
  });

  return {
    find(ref) {
      const origin = isModule(ref) ? findModule(ref, modules) : (findFile(ref)?.path ?? null);
      return origin === null ? null : { origin };
    },
    hint,
    trouble: (ref) => (splitRef(ref).type === "agent" ? tryAgent(ref).trouble : null),
    modelOf: (ref) => (splitRef(ref).type === "agent" ? (tryAgent(ref).agent?.model ?? null) : null),
    lacks,
    agent: agentOf,
    tools,
    module(ref) {
      const file = isModule(ref) ? findModule(ref, modules) : null;
      return file === null ? null : readModule(ref, file);
    },
    list: (type) =>
      listArtifacts(
        type,
        indexes(type).map((index) => index()),
      ),
    refused: (type) => refusedOf(type, indexes),
  };
}

type Modules = readonly (() => ModuleFiles)[];

function findModule(ref: string, modules: Modules): string | null {
  for (const name of splitRef(ref).names) {
    for (const files of modules) {
      const file = files().byName.get(keyOf(name));
      if (file !== undefined) return file;
    }
  }
  return null;
}

/** A hint for the author of a reference that leads nowhere. */
function hintFor(ref: string, indexes: (type: ArtifactType) => Indexes, modules: Modules): string | null {
  const { type, names } = splitRef(ref);
  const links = isModule(ref) ? modules.flatMap((files) => files().refused) : refusedOf(type, indexes);
  const link = links.find((each) => mayHold(each, names.at(-1) ?? ""));
  if (link) return refusalText(link);
  const elsewhere = artifactTypes.find((each) => each !== type && findNamed(indexes(each), names));
  if (elsewhere) return `there is ${article(elsewhere)} ${elsewhere} "${names[0] ?? ""}"`;
  const meant = nearest(names.at(-1) ?? "", isModule(ref) ? moduleNames(modules) : listNames(type, indexes));
  return meant === null ? null : `did you mean "${ref.slice(0, ref.indexOf(":"))}:${meant}"?`;
}

type Indexes = readonly (() => PlaceIndex)[];

function isModule(ref: string): boolean {
  return ref.startsWith("ctx:");
}

function findNamed(indexes: Indexes, names: readonly string[]): { path: string; file: string } | null {
  for (const name of names) {
    for (const index of indexes) {
      const artifact = index().find(name);
      if (artifact) return artifact;
    }
  }
  return null;
}

function listNames(type: ArtifactType | null, indexes: (type: ArtifactType) => Indexes): string[] {
  if (type === null || type === "hook") return [];
  const listed = listArtifacts(
    type,
    indexes(type).map((index) => index()),
  );
  return listed.map(({ ref }) => ref.slice(type.length + 1));
}

/** The working directory may be the workflow's own folder, so that its links would appear twice. */
function refusedOf(type: ArtifactType | null, indexes: (type: ArtifactType) => Indexes): RefusedLink[] {
  if (type === null) return [];
  const links = indexes(type).flatMap((index) => index().refused);
  return [...new Map(links.map((each) => [each.link, each])).values()];
}

/** A link to a folder could lead to any artifact, but a link to a file has the name of its artifact. */
function mayHold({ link }: RefusedLink, name: string): boolean {
  const own = keyOf(basename(link));
  return !/\.[^.]+$/.test(own.slice(1)) || own.replace(/\.[^.]+$/, "") === keyOf(basename(name));
}

function moduleNames(modules: Modules): string[] {
  return modules.flatMap((files) => [...files().byName.keys()]);
}

function article(type: ArtifactType): string {
  return type === "agent" || type === "mcp" ? "an" : "a";
}

interface ModuleFiles {
  byName: Map<string, string>;
  refused: RefusedLink[];
}

/** `<name>.md` by its name, folders below included: `team/style`. */
function moduleFiles(place: Place): ModuleFiles {
  const { found, refused } = scanFolder(place, { kind: "files", ending: ".md" });
  const names = found.map(({ path, relative }) => [keyOf(relative.slice(0, -".md".length)), path] as const);
  return { byName: new Map(names), refused };
}

function readModule(ref: string, path: string): ContextModule {
  const bytes = readBounded(path);
  const { body } = readFrontMatter(new TextDecoder().decode(bytes), path);
  const hash = createHash("sha256").update(bytes).digest("hex");
  return { ref, name: ref.slice("ctx:".length), path, hash, text: body.trim() };
}

function readBounded(file: string): Uint8Array {
  if (statSync(file).size > longestAgentFile) {
    throw new AppError("invalid_definition", `${file}:1: the file is larger than 1 MiB`);
  }
  try {
    return readFileSync(file);
  } catch (error) {
    const said = error instanceof Error ? error.message : String(error);
    throw new AppError("unavailable", `"${file}" cannot be read: ${said}. make it readable for your user`);
  }
}

function later<T>(make: () => T): () => T {
  let made: { value: T } | null = null;
  return () => (made ??= { value: make() }).value;
}

function once<K, T>(make: (key: K) => T): (key: K) => T {
  const made = new Map<K, T>();
  return (key) => {
    const known = made.get(key);
    if (known !== undefined) return known;
    const value = make(key);
    made.set(key, value);
    return value;
  };
}

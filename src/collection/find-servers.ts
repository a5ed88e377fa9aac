import { createHash } from "node:crypto";
import type { McpServer } from "../execution/snapshot.ts";
import type { ValueObject } from "../expression/value.ts";
import { serverFiles, type Surroundings } from "./artifact-places.ts";
import { keyOf, type PlaceIndex } from "./place-index.ts";
import { serverFileProblem, serversIn } from "./server-names.ts";

/** The servers of all places as one index, because a file names many. */
export function indexServers(surroundings: Surroundings): PlaceIndex {
  const artifacts = serverFiles(surroundings).flatMap(({ file, boundary, place }) =>
    serversIn(file, boundary).map(({ name, description, path }) => {
      return { name, description, path, place, file: path, names: [name], listed: null };
    }),
  );
  const byName = new Map(artifacts.toReversed().map((server) => [keyOf(server.name), server]));
  return { artifacts, refused: [], find: (name) => byName.get(keyOf(name)) ?? null };
}

/** The first server of these names, the most specific name first: beside the workflow, the project, the collection. */
export function findServer(
  ref: string,
  names: readonly string[],
  surroundings: Surroundings,
): McpServer | null {
  const servers = serverFiles(surroundings).flatMap(({ file, boundary }) => serversIn(file, boundary));
  for (const wanted of names) {
    const found = servers.find(({ name }) => keyOf(name) === keyOf(wanted));
    if (!found) continue;
    const { name, path, settings } = found;
    return { ref, name, path, hash: hashOfSettings(settings), settings };
  }
  return null;
}

/** sha256, hex. */
export function hashOfSettings(settings: ValueObject): string {
  return createHash("sha256").update(JSON.stringify(settings)).digest("hex");
}

/** What is wrong with the first file that should name servers and cannot be read; null when all can. */
export function brokenServerFile(surroundings: Surroundings): string | null {
  for (const { file, boundary } of serverFiles(surroundings)) {
    const problem = serverFileProblem(file, boundary);
    if (problem !== null) return problem;
  }
  return null;
}

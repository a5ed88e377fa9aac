import { readFileSync } from "node:fs";
import { readFrontMatter } from "../dispatch/front-matter.ts";
import { AppError } from "../errors.ts";
import { contextPlaces, type Surroundings } from "./artifact-places.ts";
import { keyOf } from "./place-index.ts";
import { scanFolder } from "./scan-folder.ts";

/** A context module as pickers show it. */
export interface ListedModule {
  /** The reference without `ctx:`. */
  name: string;
  description: string | null;
  path: string;
}

/** Lists every context module that a definition can name from here, each name once, sorted by name. */
export function listModules(surroundings: Surroundings): ListedModule[] {
  const byName = new Map<string, ListedModule>();
  for (const place of contextPlaces(surroundings)) {
    for (const { path, relative } of scanFolder(place, { kind: "files", ending: ".md" }).found) {
      const name = relative.slice(0, -".md".length);
      if (!byName.has(keyOf(name))) byName.set(keyOf(name), { name, description: descriptionOf(path), path });
    }
  }
  return [...byName].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, module]) => module);
}

/** Null for a file that has no description or cannot be read: the list shows it without one. */
function descriptionOf(path: string): string | null {
  try {
    const description = readFrontMatter(readFileSync(path, "utf8"), path).fields["description"];
    return typeof description === "string" ? description : null;
  } catch (error) {
    if (error instanceof AppError || (error instanceof Error && "code" in error)) return null;
    throw error;
  }
}

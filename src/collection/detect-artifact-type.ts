import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { isAbsence } from "./scan-folder.ts";

export type DetectedType = "workflow" | "skill" | "agent" | "command" | "composite";

/** The file names that SkillMeat and its predecessors use, each with the type of the folder that contains the file. */
const namedFiles: readonly (readonly [string, DetectedType])[] = [
  ...["WORKFLOW", "workflow"].flatMap((stem) =>
    ["yaml", "yml", "json"].map((ending) => [`${stem}.${ending}`, "workflow"] as const),
  ),
  ["SKILL.md", "skill"],
  ["AGENT.md", "agent"],
  ["COMMAND.md", "command"],
  ["COMPOSITE.md", "composite"],
  ["PLUGIN.md", "composite"],
];

const longestRead = 1024 * 1024;

/** The type of artifact in a folder, from the file that it contains. Null when there is no such file or no folder. */
export function detectArtifactType(directory: string): DetectedType | null {
  const names = filesIn(directory);
  const named = namedFiles.find(([name]) => names.includes(name));
  if (named) return named[1];
  return onlyDefinition(directory, names) === null ? null : "workflow";
}

/**
 * The absolute path of a folder's definition file: `WORKFLOW.yaml` (also `.yml`, `.json`, lower case), else the only
 * YAML or JSON file whose root has `stages`, because SkillMeat keeps the name of an imported file. Null when there is
 * no such file or more than one.
 */
export function definitionIn(folder: string): string | null {
  const names = filesIn(folder);
  const named = namedFiles.find(([name, type]) => type === "workflow" && names.includes(name));
  const name = named?.[0] ?? onlyDefinition(folder, names);
  return name === null ? null : join(folder, name);
}

function onlyDefinition(folder: string, names: readonly string[]): string | null {
  const [first, ...others] = names.filter((name) => isDefinitionName(name) && hasStages(join(folder, name)));
  return first === undefined || others.length > 0 ? null : first;
}

export function isDefinitionName(name: string): boolean {
  return /^[^.].*\.(ya?ml|json)$/i.test(name);
}

/** Looks at the text only: a file that is not valid YAML is a definition too, and gets findings. */
function hasStages(file: string): boolean {
  try {
    if (statSync(file).size > longestRead) return false;
    const text = readFileSync(file, "utf8");
    if (!text.trimStart().startsWith("{")) return /^["']?stages["']?[ \t]*:/m.test(text);
    return hasOwnStages(text) ?? /"stages"\s*:/.test(text);
  } catch (error) {
    if (isAbsence(error)) return false;
    throw error;
  }
}

/** Null for a text that is not JSON. */
function hasOwnStages(text: string): boolean | null {
  try {
    return Object.hasOwn(JSON.parse(text) as object, "stages");
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

/** The sorted names of a folder's files; a link counts as the file that it leads to. */
function filesIn(folder: string): string[] {
  try {
    return readdirSync(folder, { withFileTypes: true })
      .filter((entry) => entry.isFile() || (entry.isSymbolicLink() && isFileAt(join(folder, entry.name))))
      .map(({ name }) => name)
      .toSorted();
  } catch (error) {
    if (isAbsence(error)) return [];
    throw error;
  }
}

function isFileAt(path: string): boolean {
  try {
    return statSync(path).isFile();
  } catch (error) {
    if (isAbsence(error)) return false;
    throw error;
  }
}

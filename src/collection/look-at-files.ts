import { lstatSync, readdirSync, readlinkSync, statSync, type Dirent } from "node:fs";
import { join, sep } from "node:path";
import { followsLinks } from "../config.ts";
import type { FileProblem } from "../store/workflow-record.ts";
import { definitionIn, isDefinitionName } from "./detect-artifact-type.ts";
import { isAbsence, refusalText, staysInside } from "./scan-folder.ts";
import { collectionsOf } from "./workflow-files.ts";

/** A definition file that was found but not read yet. */
export interface SeenFile {
  /** The absolute path of the file; of the folder, when the folder cannot be read. */
  file: string;
  /** Differs when the file has changed; null when the file was written too recently to tell. */
  mark: string | null;
  /** Why the file cannot be read; null when it can. */
  trouble: FileProblem | null;
}

/**
 * Lists the definition files of the home's collections, sorted by path. Each file has a folder of its own or lies flat
 * among others. A workflow of the first collection hides one of the same name in the second. `known` returns a folder's
 * definition file if it is known already, so that it need not be looked for.
 */
export function lookAtFiles(home: string, known: (folder: string) => string | undefined): SeenFile[] {
  const seen: SeenFile[] = [];
  const names = new Set<string>();
  for (const { workflows } of collectionsOf(home)) {
    const here: string[] = [];
    for (const entry of entriesOf(workflows)) {
      const name = entry.name.replace(/\.(ya?ml|json)$/i, "").toLowerCase();
      if (entry.name.startsWith(".") || names.has(name)) continue;
      const found = seenAt(join(workflows, entry.name), entry, home, known);
      if (found === null) continue;
      here.push(name);
      seen.push(found);
    }
    for (const name of here) names.add(name);
  }
  return seen;
}

function seenAt(
  path: string,
  entry: Dirent,
  home: string,
  known: (folder: string) => string | undefined,
): SeenFile | null {
  const target = entry.isSymbolicLink() ? statOf(path) : entry;
  if (!target) return null;
  if (target.isFile()) return isDefinitionName(entry.name) ? lookAtFile(path, home) : null;
  const link = entry.isSymbolicLink() ? linkTrouble(path, home) : null;
  if (link) return link;
  const before = known(path);
  const found = before === undefined ? null : lookAtFile(before, home);
  if (found !== null && found.trouble === null) return found;
  const file = definitionIn(path);
  return file === null ? found : lookAtFile(file, home);
}

/** Null when nothing is there. A plain file costs one call of the file system. */
export function lookAtFile(file: string, home: string): SeenFile | null {
  try {
    const facts = lstatSync(file, { bigint: true, throwIfNoEntry: false });
    if (!facts) return null;
    if (!facts.isSymbolicLink()) return describeFile(file, facts);
    const target = statSync(file, { bigint: true, throwIfNoEntry: false });
    return target ? (linkTrouble(file, home) ?? describeFile(file, target)) : null;
  } catch (error) {
    if (!isAbsence(error)) throw error;
    if (error instanceof Error && "code" in error && (error.code === "ENOENT" || error.code === "ENOTDIR"))
      return null;
    const said = error instanceof Error ? error.message : String(error);
    return describeTrouble(
      file,
      "unreadable",
      `"${file}" cannot be read: ${said}. make it readable for your user`,
    );
  }
}

type Facts = NonNullable<ReturnType<typeof lstatBig>>;

function lstatBig(file: string) {
  return lstatSync(file, { bigint: true, throwIfNoEntry: false });
}

function describeFile(file: string, facts: Facts): SeenFile {
  if (!facts.isFile()) {
    const what = facts.isDirectory() ? "a folder" : "not a plain file";
    return describeTrouble(
      file,
      "unreadable",
      `"${file}" is ${what}. put the definition's file in its place`,
    );
  }
  return { file, mark: markOf(facts), trouble: null };
}

/** A second change within this many milliseconds may leave a file's times as they are. */
const blurMs = 100n;
const nanosecondsAMs = 1_000_000n;

/** A file that has just changed may change again within the same tick of its clock, so it has no mark yet. */
function markOf({ mtimeNs, ctimeNs, size, ino }: Facts): string | null {
  const age = BigInt(Date.now()) * nanosecondsAMs - ctimeNs;
  const isBlurred = age < blurMs * nanosecondsAMs && age > -blurMs * nanosecondsAMs;
  return isBlurred ? null : `${mtimeNs}.${ctimeNs}.${size}.${ino}`;
}

/** The mark of a file that was just written or read; null when it has none yet or has been deleted. */
export function markOfFile(file: string, home: string): string | null {
  return lookAtFile(file, home)?.mark ?? null;
}

function linkTrouble(path: string, home: string): SeenFile | null {
  const own = collectionsOf(home).find(({ folder }) => path.startsWith(folder + sep));
  const boundary = own?.folder ?? home;
  if (staysInside(path, boundary) || followsLinks(home)) return null;
  return describeTrouble(path, "link", refusalText({ link: path, target: readlinkSync(path), boundary }));
}

function describeTrouble(file: string, kind: FileProblem["kind"], message: string): SeenFile {
  return { file, mark: `${kind}: ${message}`, trouble: { kind, message, findings: [] } };
}

function entriesOf(folder: string): Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true }).toSorted((a, b) => (a.name < b.name ? -1 : 1));
  } catch (error) {
    if (isAbsence(error)) return [];
    throw error;
  }
}

function statOf(path: string) {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch (error) {
    if (isAbsence(error)) return undefined;
    throw error;
  }
}

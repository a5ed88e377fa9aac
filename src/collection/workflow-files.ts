import { mkdirSync, readlinkSync, renameSync, rmdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { basename, dirname, extname, join, relative, sep } from "node:path";
import { AppError } from "../errors.ts";
import { definitionIn } from "./detect-artifact-type.ts";
import { addEntry, naiveTime, newManifest, readManifest, removeEntry, renameEntry } from "./manifest.ts";
import { existsSync, lstatSync, readFileSync, realpathSync } from "./seen-files.ts";

/** A collection on disk. All paths are absolute. */
export interface Collection {
  folder: string;
  manifest: string;
  /** The folder that contains a folder for each workflow, named by its slug. */
  workflows: string;
}

/**
 * The collection for new workflows: that of SkillMeat's own layout if it exists, else that of the plan's layout. It
 * makes no folder.
 */
export function openCollection(home: string): Collection {
  const skillmeats = join(home, "collections", activeName(home));
  if (existsSync(skillmeats)) return collectionAt(skillmeats, "workflows");
  return plansCollection(home);
}

/** The collections in the order of the search: the open one, then that of the plan's layout. */
export function collectionsOf(home: string): Collection[] {
  const open = openCollection(home);
  const plans = plansCollection(home);
  return open.folder === plans.folder ? [open] : [open, plans];
}

function plansCollection(home: string): Collection {
  return collectionAt(join(home, "collection"), join("artifacts", "workflows"));
}

/** The name of a workflow's folder, of lower-case letters, digits, `-` and `_`. Throws when the id has none of them. */
export function slugOf(name: string): string {
  const slug = name
    .normalize("NFKD")
    .replace(/\p{M}/gu, "")
    .toLowerCase()
    .replace(/[^a-z0-9_]+/g, "-")
    .replace(/^[-_]+|[-_]+$/g, "")
    .slice(0, 128);
  if (slug === "")
    throw new AppError("invalid_usage", `"${name}" has no letter or digit that could name a folder`);
  return slug;
}

/** A change of files that has been made and can still be undone. */
export interface FileChange {
  /** The definition file, absolute. */
  file: string;
  undo(): void;
}

/**
 * Writes a definition, byte for byte, and its manifest entry. The caller commits the row next and calls `undo` when
 * that fails. When a file cannot be written it throws, and nothing is left of what it has written.
 */
export function writeWorkflow(collection: Collection, slug: string, text: string, now: Date): FileChange {
  const folder = join(collection.workflows, slug);
  const file = definitionIn(folder) ?? join(folder, isJson(text) ? "WORKFLOW.json" : "WORKFLOW.yaml");
  return changeInSteps(file, [
    () => replaceFile(file, text),
    () => replaceFile(collection.manifest, withEntry(collection, slug, folder, now)),
  ]);
}

/** Replaces the text of a definition. */
export function rewriteWorkflow(file: string, text: string): FileChange {
  return changeInSteps(file, [() => replaceFile(file, text)]);
}

/**
 * Writes a definition whose id has changed. Its folder with everything in it (or the file itself, if it lies flat) is
 * renamed to the new slug, and its manifest entry is changed too. Throws `AppError("conflict")` when the new name is
 * taken.
 */
export function moveWorkflow(home: string, file: string, slug: string, text: string, now: Date): FileChange {
  const collection = collectionOf(home, file);
  if (!collection) return rewriteWorkflow(file, text);
  const from = placeOf(collection, file);
  const isFlat = from === file;
  const to = join(collection.workflows, isFlat ? slug + extname(file) : slug);
  const moved = isFlat ? to : join(to, relative(from, file));
  if (from === to) return rewriteWorkflow(file, text);
  const isOther = existsSync(to) && to.toLowerCase() !== from.toLowerCase();
  if (isOther) throw new AppError("conflict", `"${to}" exists already. give the workflow another id`);
  return changeInSteps(moved, [
    () => renamePath(from, to),
    () => replaceFile(moved, text),
    () => {
      const before = readText(collection.manifest);
      if (before === null) return () => {};
      const entry = { name: entryName(file, collection), type: "workflow" };
      const renamed = { name: slug, path: relative(collection.folder, to) };
      return replaceFile(collection.manifest, renameEntry(before, collection.manifest, entry, renamed, now));
    },
  ]);
}

/** Removes a workflow's definition and its manifest entry. Other files in its folder stay. */
export function removeWorkflow(home: string, file: string, now: Date): FileChange {
  const collection = collectionOf(home, file);
  return changeInSteps(file, [
    () => removeFile(file),
    () => {
      const before = collection && readText(collection.manifest);
      if (!collection || before === null) return () => {};
      const name = entryName(file, collection);
      return replaceFile(
        collection.manifest,
        removeEntry(before, collection.manifest, name, "workflow", now),
      );
    },
  ]);
}

/** The collection of a definition file; null when it is in none of those that are searched. */
function collectionOf(home: string, file: string): Collection | null {
  return collectionsOf(home).find(({ workflows }) => file.startsWith(workflows + sep)) ?? null;
}

/** The workflow's own folder; null when its file lies flat among others or in no collection. */
export function ownFolder(home: string, file: string): string | null {
  const collection = collectionOf(home, file);
  const place = collection && placeOf(collection, file);
  return place === file ? null : place;
}

function placeOf({ workflows }: Collection, file: string): string {
  return join(workflows, relative(workflows, file).split(sep)[0] ?? "");
}

/** The name of the entry with the file's path, else the name that SkillMeat and we would give it. */
function entryName(file: string, collection: Collection): string {
  const { folder, manifest } = collection;
  const place = placeOf(collection, file);
  const paths = [place, file].map((path) => relative(folder, path).split(sep).join("/"));
  const entries = readManifest(readText(manifest) ?? "", manifest);
  const entry = entries.find(
    ({ type, path }) =>
      type === "workflow" && typeof path === "string" && paths.includes(path.replace(/\/+$/, "")),
  );
  if (typeof entry?.["name"] === "string") return entry["name"];
  return place === file ? basename(file, extname(file)) : basename(place);
}

type Undo = () => void;

function changeInSteps(file: string, steps: readonly (() => Undo)[]): FileChange {
  const undos: Undo[] = [];
  const undo = (): void => {
    for (const each of undos.splice(0).toReversed()) each();
  };
  try {
    for (const step of steps) undos.push(step());
  } catch (error) {
    undo();
    if (error instanceof AppError) throw error;
    throw new AppError(
      "unavailable",
      `${file} cannot be written: ${error instanceof Error ? error.message : error}`,
    );
  }
  return { file, undo };
}

function withEntry(collection: Collection, slug: string, folder: string, now: Date): string {
  const { manifest } = collection;
  const before = readText(manifest) ?? newManifest("default", now);
  const isThere = readManifest(before, manifest).some(
    (entry) => entry["name"] === slug && entry["type"] === "workflow",
  );
  if (isThere) return before;
  const path = relative(collection.folder, folder);
  return addEntry(
    before,
    manifest,
    { name: slug, type: "workflow", path, origin: "local", added: naiveTime(now) },
    now,
  );
}

function replaceFile(file: string, text: string): Undo {
  const before = readText(file);
  if (before === text) return () => {};
  const made = missingFolders(dirname(file));
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  writeWhole(file, text);
  return () => {
    if (before === null) rmSync(file, { force: true });
    else writeWhole(file, before);
    for (const folder of made) removeEmpty(folder);
  };
}

function renamePath(from: string, to: string): Undo {
  renameSync(from, to);
  return () => renameSync(to, from);
}

function removeFile(file: string): Undo {
  const facts = lstatSync(file, { throwIfNoEntry: false });
  if (facts?.isSymbolicLink()) {
    const target = readlinkSync(file);
    rmSync(file);
    return () => symlinkSync(target, file);
  }
  // Something else is in the file's place, which is not ours to remove.
  if (facts && !facts.isFile()) return () => {};
  const before = readText(file);
  if (before === null) return () => {};
  rmSync(file);
  removeEmpty(dirname(file));
  return () => {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    writeWhole(file, before);
  };
}

/** A reader sees the old file or the new one, never a part of it. */
function writeWhole(given: string, text: string): void {
  // A link stays a link: the file that it leads to is written.
  const file = existsSync(given) ? realpathSync(given) : given;
  const temporary = `${file}.${process.pid}.tmp`;
  try {
    writeFileSync(temporary, text, { mode: 0o600, flush: true });
    renameSync(temporary, file);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}

/** The folders of a path that do not exist yet, the deepest first. */
function missingFolders(folder: string): string[] {
  const missing: string[] = [];
  for (let at = folder; !existsSync(at); at = dirname(at)) missing.push(at);
  return missing;
}

function removeEmpty(folder: string): void {
  try {
    rmdirSync(folder);
  } catch (error) {
    // The folder contains other files, so it stays.
    if (!hasCode(error, "ENOTEMPTY") && !hasCode(error, "EEXIST") && !hasCode(error, "ENOENT")) throw error;
  }
}

function readText(file: string): string | null {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    if (hasCode(error, "ENOENT")) return null;
    throw error;
  }
}

function collectionAt(folder: string, workflows: string): Collection {
  return { folder, manifest: join(folder, "collection.toml"), workflows: join(folder, workflows) };
}

/** The name in SkillMeat's `settings.default-collection`. */
function activeName(home: string): string {
  const text = readText(join(home, "config.toml"));
  if (text === null) return "default";
  const settings = (Bun.TOML.parse(text) as Record<string, unknown>)["settings"];
  const name =
    typeof settings === "object" && settings !== null && "default-collection" in settings && settings;
  return name && typeof name["default-collection"] === "string" ? name["default-collection"] : "default";
}

function isJson(text: string): boolean {
  return text.trimStart().startsWith("{");
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && "code" in error && error.code === code;
}

import {
  closeSync,
  existsSync,
  fsyncSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeSync,
} from "node:fs";
import { dirname } from "node:path";
import { hasCode } from "./attempt-folder.ts";

/** A note that is written beside a worktree as soon as it is whole: from then on an agent may have worked in it. */
export interface WorktreeNote {
  /** The commit it was made from. */
  base: string;
  /**
   * The commit of the repository from which the first of the stages before it began. Absent in a note of an older
   * version, where it is `base`.
   */
  start?: string;
  /** The branch on which its stage's changes are; absent where an older version has made the worktree. */
  branch?: string;
  /** Where in the repository the run's working directory lies: "" or a path with a slash at its end. */
  prefix: string;
  workdir: string;
}

/** The branch of a stage's worktree. */
export function worktreeBranch({ run_id, stage_id }: { run_id: string; stage_id: string }): string {
  return `${branchFolder}/${run_id}/${stage_id}`;
}

/** All branches of stages begin with it, so no branch may have it as its whole name. */
export const branchFolder = "skillmeat";

const ending = ".json";

/** The note is beside the worktree, whose content is the agent's. No stage's id has a dot. */
function noteFile(dir: string): string {
  return `${dir}${ending}`;
}

/** The stages of which a run's folder has a worktree or its note, given the names in that folder. */
export function stagesIn(names: readonly string[]): string[] {
  const stages = names.filter((name) => !name.endsWith(`${ending}.new`));
  return [
    ...new Set(stages.map((name) => (name.endsWith(ending) ? name.slice(0, -ending.length) : name))),
  ].toSorted();
}

export function hasNote(dir: string): boolean {
  return existsSync(noteFile(dir));
}

export function readNote(dir: string): WorktreeNote | null {
  try {
    return JSON.parse(readFileSync(noteFile(dir), "utf8")) as WorktreeNote;
  } catch (error) {
    if (hasCode(error, "ENOENT") || hasCode(error, "ENOTDIR")) return null;
    throw error;
  }
}

/** The note is on disk before an agent works there, because a worktree without a note is removed. */
export function writeNote(dir: string, note: WorktreeNote): void {
  const draft = `${noteFile(dir)}.new`;
  writeSynced(draft, "w", (file) => writeSync(file, JSON.stringify(note)));
  renameSync(draft, noteFile(dir));
  writeSynced(dirname(dir), "r", () => {});
}

export function removeNote(dir: string): void {
  rmSync(noteFile(dir), { force: true });
}

function writeSynced(path: string, flags: "r" | "w", work: (file: number) => void): void {
  const file = openSync(path, flags, 0o600);
  try {
    work(file);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

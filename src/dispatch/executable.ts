import type { StageError } from "./dispatcher.ts";
import { programTrouble, type ProgramPlace, type ProgramTrouble } from "./program-trouble.ts";
import { openProgramVersions, type ProgramVersions } from "./program-versions.ts";
import { refuseStart } from "./refuse-start.ts";

/** A program that a dispatcher runs: its name in PATH, and what people must know about it. */
export interface Executable {
  name: string;
  title: string;
  dispatcher: string;
  /** The oldest version whose stream and options are known to be as they are needed. */
  leastVersion: string;
  /** Commands of a shell. */
  install: string;
  update: string;
}

/** Why a program cannot do a stage, and what can be done about it. */
export type ExecutableTrouble =
  ProgramTrouble | (Omit<ProgramTrouble, "code"> & { code: "program_old" | "program_unknown" });

/** The program's path in the PATH of an agent, or why it cannot be started. */
export function findExecutable(
  { name, dispatcher, install }: Executable,
  place: ProgramPlace,
): { path: string } | { trouble: ProgramTrouble } {
  const path = Bun.which(name, { PATH: place.path, cwd: place.workdir });
  if (path === null) {
    return {
      trouble: {
        code: "program_missing",
        says: `the dispatcher ${dispatcher} runs "${name}", which is not in PATH`,
        wayOut:
          `install it with ${install}, or name another dispatcher: --dispatcher simulated needs no agent, ` +
          '"dispatcher: command" in the agent file runs any program',
      },
    };
  }
  const trouble = programTrouble(path, `"${name}" in PATH`, place);
  return trouble ? { trouble } : { path };
}

/** The program in the PATH of an agent with its version, or why it cannot do a stage. */
export async function checkExecutable(
  executable: Executable,
  place: ProgramPlace,
  { env, versions }: { env: Readonly<Record<string, string>>; versions: ProgramVersions },
): Promise<{ path: string; version: string } | { trouble: ExecutableTrouble }> {
  const found = findExecutable(executable, place);
  if ("trouble" in found) return found;
  const { path } = found;
  const { name, title, leastVersion, update } = executable;
  const version = await versions.of(path, { env, workdir: place.workdir });
  if (version === null) {
    const says = `${path} does not answer "--version" with a version`;
    const wayOut = `reinstall it, or put another ${name} first in PATH`;
    return { trouble: { code: "program_unknown", says, wayOut } };
  }
  if (isOlder(version, leastVersion)) {
    const says = `${path} is ${title} ${version}, and at least ${leastVersion} is needed`;
    return { trouble: { code: "program_old", says, wayOut: `run "${update}"` } };
  }
  return { path, version };
}

export function isOlder(version: string, least: string): boolean {
  return Bun.semver.order(version, least) < 0;
}

const ownVersions = openProgramVersions(null);

/** The same for an attempt: the error that it fails with. */
export async function readyExecutable(
  executable: Executable,
  place: ProgramPlace,
  env: Readonly<Record<string, string>>,
  versions: ProgramVersions = ownVersions,
): Promise<{ path: string; version: string } | { error: StageError }> {
  const ready = await checkExecutable(executable, place, { env, versions });
  if (!("trouble" in ready)) return ready;
  const { code, says, wayOut } = ready.trouble;
  return refuseStart(code === "program_missing" ? "not_found" : "invalid_request", `${says}. ${wayOut}`);
}

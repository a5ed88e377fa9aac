import { realpathSync, statSync } from "node:fs";
import type { StageError } from "./dispatcher.ts";
import { programTrouble, type ProgramPlace, type ProgramTrouble } from "./program-trouble.ts";
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

const longestAnswerMs = 30_000;
const longestAnswerBytes = 4_096;

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

const known = new Map<string, string>();

/** The program in the PATH of an agent with its version, or the error that an attempt fails with. */
export async function readyExecutable(
  executable: Executable,
  place: ProgramPlace,
  env: Readonly<Record<string, string>>,
): Promise<{ path: string; version: string } | { error: StageError }> {
  const found = findExecutable(executable, place);
  if ("trouble" in found) {
    const { code, says, wayOut } = found.trouble;
    return refuseStart(code === "program_missing" ? "not_found" : "invalid_request", `${says}. ${wayOut}`);
  }
  const { path } = found;
  const { name, title, leastVersion, update } = executable;
  const version = await versionOf(path, env, place.workdir);
  if (version === null) {
    const message =
      `${path} does not answer "--version" with a version. ` +
      `reinstall it, or put another ${name} first in PATH`;
    return refuseStart("invalid_request", message);
  }
  if (Bun.semver.order(version, leastVersion) < 0) {
    const message = `${path} is ${title} ${version}, and at least ${leastVersion} is needed. run "${update}"`;
    return refuseStart("invalid_request", message);
  }
  return { path, version };
}

/** A version is asked for once for each file. */
async function versionOf(
  path: string,
  env: Readonly<Record<string, string>>,
  workdir: string,
): Promise<string | null> {
  const { size, mtimeMs } = statSync(path);
  const mark = `${realpathSync(path)} ${size} ${mtimeMs}`;
  const version = known.get(mark) ?? (await askVersion(path, env, workdir));
  if (version !== null) known.set(mark, version);
  return version;
}

async function askVersion(
  path: string,
  env: Readonly<Record<string, string>>,
  workdir: string,
): Promise<string | null> {
  const child = Bun.spawn([path, "--version"], {
    cwd: workdir,
    env: { ...env },
    stdin: "ignore",
    stdout: "pipe",
    stderr: "ignore",
    timeout: longestAnswerMs,
    killSignal: "SIGKILL",
  });
  const answer = await new Response(child.stdout).text();
  await child.exited;
  return /\b(\d+\.\d+\.\d+)\b/.exec(answer.slice(0, longestAnswerBytes))?.[1] ?? null;
}

import { realpathSync, statSync } from "node:fs";
import type { StageError } from "../dispatcher.ts";
import { programTrouble, type ProgramPlace, type ProgramTrouble } from "../program-trouble.ts";

/** The oldest version whose stream and options are known to be as they are needed. */
export const leastVersion = "2.1.197";
/** From this version on `--agents` takes the path of a file as well. */
const agentsFileVersion = "2.1.330";
const longestAnswerMs = 30_000;
const longestAnswerBytes = 4_096;

export interface ClaudeProgram {
  path: string;
  version: string;
  takesAgentsFile: boolean;
}

/** The program's path in the PATH of an agent, or why it cannot be started. */
export function findClaude(place: ProgramPlace): { path: string } | { trouble: ProgramTrouble } {
  const path = Bun.which("claude", { PATH: place.path, cwd: place.workdir });
  if (path === null) {
    return {
      trouble: {
        code: "program_missing",
        says: 'the dispatcher claude-code runs "claude", which is not in PATH',
        wayOut:
          "install it with npm install -g @anthropic-ai/claude-code, or name another dispatcher: " +
          '--dispatcher simulated needs no agent, "dispatcher: command" in the agent file runs any program',
      },
    };
  }
  const trouble = programTrouble(path, '"claude" in PATH', place);
  return trouble ? { trouble } : { path };
}

const known = new Map<string, string>();

/** The program with its version, or the error that an attempt fails with. A version is asked for once for each file. */
export async function readyClaude(
  path: string,
  { env, workdir }: { env: Readonly<Record<string, string>>; workdir: string },
): Promise<ClaudeProgram | { error: StageError }> {
  const { size, mtimeMs } = statSync(path);
  const mark = `${realpathSync(path)} ${size} ${mtimeMs}`;
  const version = known.get(mark) ?? (await askVersion(path, env, workdir));
  if (version === null) {
    const message =
      `${path} does not answer "--version" with a version. ` +
      "reinstall it, or put another claude first in PATH";
    return { error: { class: "invalid_request", message, retryable: false } };
  }
  known.set(mark, version);
  if (Bun.semver.order(version, leastVersion) < 0) {
    const message = `${path} is Claude Code ${version}, and at least ${leastVersion} is needed. run "claude update"`;
    return { error: { class: "invalid_request", message, retryable: false } };
  }
  return { path, version, takesAgentsFile: Bun.semver.order(version, agentsFileVersion) >= 0 };
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

import { markVariable } from "./processes.ts";
import type { RunOptions } from "../../execution/record.ts";

/** The result of a call of git; null where there is no git. */
export type GitAnswer = { ok: true; text: string; isCut: boolean } | { ok: false; says: string };

/** The environment that git runs with; the id marks its processes as the attempt's own. */
export interface GitCaller {
  attempt_id: string;
  options: Pick<RunOptions, "env">;
}

export interface GitOptions {
  attempt: GitCaller;
  signal: AbortSignal;
  /** Further variables of git's own environment. */
  variables?: Readonly<Record<string, string>>;
  /** Git is ended when it has written more than that; the answer is then cut there. */
  mostBytes?: number;
}

/** Only what a checkout needs is run of the user's configuration: a hook may ask, wait, or do anything at all. */
const withoutHooks = ["-c", "core.hooksPath=/dev/null", "-c", "core.fsmonitor=false"];

/**
 * Runs git in a folder; null where there is none in the PATH. The environment is the agents' own, so that no GIT_DIR of
 * whoever started skillmeat, a hook perhaps, points to another repository.
 */
export async function git(
  folder: string,
  args: readonly string[],
  { attempt, signal, variables, mostBytes = Number.POSITIVE_INFINITY }: GitOptions,
): Promise<GitAnswer | null> {
  if (signal.aborted) return { ok: false, says: "git was stopped" };
  const { env } = attempt.options;
  const program = Bun.which("git", { PATH: env["PATH"] ?? "/usr/local/bin:/usr/bin:/bin" });
  if (program === null) return null;
  const child = Bun.spawn([program, ...withoutHooks, "-C", folder, ...args], {
    cwd: "/",
    env: {
      [markVariable]: attempt.attempt_id,
      ...env,
      LC_ALL: "C",
      GIT_TERMINAL_PROMPT: "0",
      GIT_OPTIONAL_LOCKS: "0",
      ...variables,
    },
    stdio: ["ignore", "pipe", "pipe"],
    signal,
  });
  const reading = Promise.all([
    readText(child.stdout, mostBytes, () => child.kill()),
    new Response(child.stderr).text(),
  ]);
  const code = await child.exited;
  // A process that git had started, such as a filter, may hold the pipes open; it ends with the attempt.
  if (signal.aborted) return { ok: false, says: "git was stopped" };
  const [{ text, isCut }, complaint] = await reading;
  return code === 0 || isCut ? { ok: true, text, isCut } : { ok: false, says: reasonOf(complaint) };
}

async function readText(
  output: ReadableStream<Uint8Array>,
  mostBytes: number,
  end: () => void,
): Promise<{ text: string; isCut: boolean }> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of output) {
    chunks.push(chunk);
    bytes += chunk.byteLength;
    if (bytes <= mostBytes) continue;
    end();
    return { text: Buffer.concat(chunks).subarray(0, mostBytes).toString("utf8"), isCut: true };
  }
  return { text: Buffer.concat(chunks).toString("utf8"), isCut: false };
}

/** Git's reason, on one line; the lines before it only tell what git did. */
function reasonOf(complaint: string): string {
  const lines = complaint.split("\n").filter((line) => line.trim() !== "");
  const reason = lines.find((line) => /^(fatal|error): /.test(line)) ?? lines.at(-1);
  return reason?.replace(/^(fatal|error): /, "") ?? "git gave no reason";
}

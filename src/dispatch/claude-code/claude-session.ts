import { createHash } from "node:crypto";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import type { StageRequest } from "../dispatcher.ts";
import { hasCode } from "../process/attempt-folder.ts";

/**
 * The id of an attempt's session: a UUID made from the attempt's id. So it is known before claude starts and after any
 * crash, and two attempts never share one.
 */
export function sessionIdOf(attemptId: string): string {
  const hash = createHash("sha256").update(`skillmeat claude-code ${attemptId}`).digest("hex");
  const variant = ((Number.parseInt(hash.slice(16, 17), 16) & 3) | 8).toString(16);
  const parts = [hash.slice(0, 8), hash.slice(8, 12), `8${hash.slice(13, 16)}`];
  return [...parts, `${variant}${hash.slice(17, 20)}`, hash.slice(20, 32)].join("-");
}

/** True when claude has kept this session: one file for each, in a folder for each working directory. */
export function hasSession(id: string, env: Readonly<Record<string, string>>): boolean {
  const settings = env["CLAUDE_CONFIG_DIR"] ?? (env["HOME"] ? join(env["HOME"], ".claude") : null);
  if (settings === null) return false;
  const projects = join(settings, "projects");
  return foldersIn(projects).some((folder) => existsSync(join(projects, folder, `${id}.jsonl`)));
}

/** The session that an attempt goes on with, if claude has kept one: its own, else the one that it was given. */
export function sessionToResume(
  { attempt_id, session }: Pick<StageRequest, "attempt_id" | "session">,
  env: Readonly<Record<string, string>>,
): string | null {
  const own = sessionIdOf(attempt_id);
  return [own, ...(session === null ? [] : [session.id])].find((id) => hasSession(id, env)) ?? null;
}

function foldersIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    if (["ENOENT", "ENOTDIR", "EACCES"].some((code) => hasCode(error, code))) return [];
    throw error;
  }
}

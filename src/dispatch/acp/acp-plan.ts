import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { McpServer } from "@agentclientprotocol/sdk";
import type { Permissions } from "../../workflow/effective.ts";

/**
 * What an agent is to be told in an attempt. It is a file in the attempt's folder, written before the agent starts, so
 * that each engine says the same.
 */
export interface AcpPlan {
  /** The name of the agent's program, for messages. */
  program: string;
  /** The text of the agent file. */
  role: string;
  prompt: string;
  /** Instead of the prompt, in a session that is gone on with. */
  resumePrompt: string;
  /** The end of a prompt that tells what was rejected. */
  followUpEnd: string;
  servers: McpServer[];
  /** The session of an agent of this attempt that is gone. */
  resumes: string | null;
  mode: "default" | "plan";
  model: string | null;
  effort: string | null;
  allowed: string[];
  denied: string[];
  /** The MCP servers of the session by the names that agents make of them. */
  serverNames: string[];
  permissions: Permissions;
}

/** The plan, and the folder in which the agent works: that is known only when its worktree is made. */
export interface AcpSetting extends AcpPlan {
  workdir: string;
}

export const planFile = "acp.json";
export const workdirFile = "workdir";

/** Throws where there is none. */
export function readSetting(attemptDir: string): AcpSetting {
  const plan = JSON.parse(readFileSync(join(attemptDir, planFile), "utf8")) as AcpPlan;
  return { ...plan, workdir: readFileSync(join(attemptDir, workdirFile), "utf8") };
}

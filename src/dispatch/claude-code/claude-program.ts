import type { Executable } from "../executable.ts";

export const claudeExecutable: Executable = {
  name: "claude",
  title: "Claude Code",
  dispatcher: "claude-code",
  leastVersion: "2.1.197",
  install: "npm install -g @anthropic-ai/claude-code",
  update: "claude update",
};

/** From this version on `--agents` takes the path of a file as well. */
const agentsFileVersion = "2.1.330";

export function takesAgentsFile(version: string): boolean {
  return Bun.semver.order(version, agentsFileVersion) >= 0;
}

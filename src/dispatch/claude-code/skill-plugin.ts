import type { AgentStart } from "../process/agent-program.ts";
import { skillFiles, type AttemptSkill } from "../attempt-skills.ts";

/** claude takes skills only from its settings, which an attempt has none of, or from a plug-in: `--plugin-dir`. */
export const pluginFolder = "plugin";
/** Stands before the names of the skills: `skillmeat:pdf`. */
export const pluginName = "skillmeat";

/** The files of the plug-in by their paths in the attempt's folder. */
export function pluginFiles(skills: readonly AttemptSkill[]): NonNullable<AgentStart["files"]> {
  const description = "The skills of this stage";
  const about = JSON.stringify({ name: pluginName, version: "1.0.0", description });
  return {
    [`${pluginFolder}/.claude-plugin/plugin.json`]: about,
    ...skillFiles(skills, `${pluginFolder}/skills`),
  };
}

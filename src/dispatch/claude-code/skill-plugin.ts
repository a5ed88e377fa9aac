import type { Skill, SkillFile } from "../../execution/snapshot.ts";
import type { StageError, StageRequest } from "../dispatcher.ts";
import type { AgentStart, AttemptFile } from "../process/agent-program.ts";
import { wantedSkills } from "../wanted-skills.ts";

/** claude takes skills only from its settings, which an attempt has none of, or from a plug-in: `--plugin-dir`. */
export const pluginFolder = "plugin";
/** Stands before the names of the skills: `skillmeat:pdf`. */
export const pluginName = "skillmeat";

/** A skill of an attempt, with the name of its folder in the plug-in, by which claude calls it. */
export interface PluginSkill {
  folder: string;
  files: readonly SkillFile[];
}

/** The skills that an attempt may use, from what the execution has stored, or the error that it fails with. */
export function pluginSkills({
  agent,
  tools,
}: Pick<StageRequest, "agent" | "tools">): { skills: PluginSkill[] } | { error: StageError } {
  const { refs, problem } = wantedSkills(tools, agent?.settings);
  if (problem !== null) {
    const message = `${problem.says} (${agent?.path ?? "the agent file"}). ${problem.wayOut}`;
    return { error: { class: "invalid_request", message, retryable: false } };
  }
  const found = new Map<string, Skill>();
  for (const ref of refs) {
    const skill = agent?.skills?.find((each) => each.ref === ref);
    if (!skill) return { error: missingSkill(ref) };
    found.set(skill.path, skill);
  }
  const folders = new Set<string>();
  const skills = [...found.values()].map(({ name, files }) => ({ folder: freeName(name, folders), files }));
  return { skills };
}

/** The files of the plug-in by their paths in the attempt's folder. */
export function pluginFiles(skills: readonly PluginSkill[]): NonNullable<AgentStart["files"]> {
  const description = "The skills of this stage";
  const about = JSON.stringify({ name: pluginName, version: "1.0.0", description });
  const files: Record<string, string | AttemptFile> = {
    [`${pluginFolder}/.claude-plugin/plugin.json`]: about,
  };
  for (const skill of skills) {
    for (const file of skill.files) {
      const content = "text" in file ? file.text : Buffer.from(file.base64, "base64");
      const path = `${pluginFolder}/skills/${skill.folder}/${file.path}`;
      files[path] = { content, isExecutable: file.executable ?? false };
    }
  }
  return files;
}

/** Two skills in different places may have folders of one name. */
function freeName(name: string, taken: Set<string>): string {
  const plain = name.replace(/[^A-Za-z0-9_-]/g, "-");
  let free = plain;
  for (let number = 2; taken.has(free.toLowerCase()); number++) free = `${plain}-${number}`;
  taken.add(free.toLowerCase());
  return free;
}

function missingSkill(ref: string): StageError {
  const message =
    `the skill "${ref.slice("skill:".length)}" was not found when the execution started. ` +
    "make a folder with a SKILL.md in the project's .claude/skills and start the workflow again";
  return { class: "not_found", message, retryable: false };
}

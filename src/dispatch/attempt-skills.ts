import type { Skill, SkillFile } from "../execution/snapshot.ts";
import type { StageError, StageRequest } from "./dispatcher.ts";
import type { AttemptFile } from "./process/agent-program.ts";
import { wantedSkills } from "./wanted-skills.ts";

/** A skill of an attempt, with the name of its folder, by which its agent calls it. */
export interface AttemptSkill {
  folder: string;
  files: readonly SkillFile[];
}

/** The skills that an attempt may use, from what the execution has stored, or the error that it fails with. */
export function attemptSkills({
  agent,
  tools,
}: Pick<StageRequest, "agent" | "tools">): { skills: AttemptSkill[] } | { error: StageError } {
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

/** The files of skills by their paths in the attempt's folder, each skill in a folder of its own below `below`. */
export function skillFiles(skills: readonly AttemptSkill[], below: string): Record<string, AttemptFile> {
  const files: Record<string, AttemptFile> = {};
  for (const skill of skills) {
    for (const file of skill.files) {
      const content = "text" in file ? file.text : Buffer.from(file.base64, "base64");
      files[`${below}/${skill.folder}/${file.path}`] = { content, isExecutable: file.executable ?? false };
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

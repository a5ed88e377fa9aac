/** The folder in the attempt's that holds the skills of an agent which has no option for them. */
export const skillsFolder = "skills";

/** The section of a prompt that tells the agent where its skills are. */
export function describeSkills(folders: readonly string[], attemptDir: string): string {
  const list = folders.map((folder) => `- ${folder}: ${attemptDir}/${skillsFolder}/${folder}/SKILL.md`);
  const told = "Read the file of a skill before you do what the skill is for.";
  return ["## Skills", told, list.join("\n")].join("\n\n");
}

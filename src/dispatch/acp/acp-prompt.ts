import type { DecidedCall, StageRequest } from "../dispatcher.ts";
import { describeSkills } from "../skills-prompt.ts";
import { resumePrompt } from "../resume-prompt.ts";
import { outputsTool } from "./tool-names.ts";

const handIn =
  `Hand it in by calling the tool \`${outputsTool}\` with all outputs. If it answers with an error, correct what it ` +
  "names and call it again.\n";

/** The task, with what the agent cannot know: its skills, and how it hands in its outputs. */
export function taskPrompt(
  { prompt, attempt_dir }: Pick<StageRequest, "prompt" | "attempt_dir">,
  { skills, wantsOutputs }: { skills: readonly string[]; wantsOutputs: boolean },
): string {
  const parts = [
    prompt.trimEnd(),
    ...(wantsOutputs ? [handIn.trimEnd()] : []),
    ...(skills.length > 0 ? [describeSkills(skills, attempt_dir)] : []),
  ];
  return `${parts.join("\n\n")}\n`;
}

export function promptAfterInterruption(decided: readonly DecidedCall[], wantsOutputs: boolean): string {
  return `${resumePrompt(decided)}${wantsOutputs ? handIn : ""}`;
}

/** The end of a prompt that tells an agent what was rejected. */
export function endOfFollowUp(wantsOutputs: boolean): string {
  const goOn = "Go on without it, and finish the task above.";
  return wantsOutputs ? `${goOn} ${handIn}` : `${goOn}\n`;
}

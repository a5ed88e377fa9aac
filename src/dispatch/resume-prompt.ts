import type { DecidedCall } from "./dispatcher.ts";
import { inOneLine } from "./prompt.ts";

const lookFirst = "What you had begun may have happened or not: look before you do it again.";
const finish = "Finish the task, and hand in what it asks for.\n";

/**
 * What an agent reads whose session is gone on with. The session knows the task already. `decided`: what people have
 * decided of the calls that it waited for.
 */
export function resumePrompt(decided: readonly DecidedCall[] = []): string {
  if (decided.length === 0)
    return `You were interrupted while you worked on the task above. ${lookFirst} ${finish}`;
  const lines = decided.map(({ tool, title, allows, message }) => {
    const comment = message === null ? "" : `: ${inOneLine(message)}`;
    return `- ${inOneLine(`${tool}: ${title}`)} (${allows ? "approved" : `rejected${comment}`})`;
  });
  return (
    "You were stopped while you waited for permissions. They have been decided meanwhile:\n\n" +
    `${lines.join("\n")}\n\n` +
    "None of these calls has been made. Make each one that was approved again, exactly as before, where the task " +
    `still needs it; do without the others. ${lookFirst} ${finish}`
  );
}

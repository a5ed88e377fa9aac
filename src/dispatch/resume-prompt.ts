/** What an agent reads whose session is gone on with. The session knows the task already. */
export const resumePrompt =
  "You were interrupted while you worked on the task above. What you had begun may have happened or not: look before " +
  "you do it again. Finish the task, and hand in what it asks for.\n";

/** Everything that `stages.<id>.status` can be. */
export const stageStatuses = [
  "pending",
  "running",
  "retry_wait",
  "waiting_for_approval",
  "completed",
  "failed",
  "timed_out",
  "cancelled",
  "skipped",
] as const;

/** Words that workflows write for a status, with the statuses that each is equal to. */
export const statusAliases: Readonly<Record<"success" | "failure", readonly string[]>> = {
  success: ["completed"],
  failure: ["failed", "timed_out"],
};

/** What a status goes by: itself, and the words that stand for it. */
export function namesOfStatus(status: string): string[] {
  const aliases = Object.entries(statusAliases).filter(([, statuses]) => statuses.includes(status));
  return [status, ...aliases.map(([alias]) => alias)];
}

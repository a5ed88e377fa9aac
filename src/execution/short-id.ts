/**
 * The end of a run's id, by which people name it. Its beginning is a time, which is the same for runs of one minute.
 */
export function shortId(runId: string): string {
  return runId.slice(-6);
}

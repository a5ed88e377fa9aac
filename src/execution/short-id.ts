/** The end of a run's id, by which people name it: its beginning is its time, the same for runs of one minute. */
export function shortId(runId: string): string {
  return runId.slice(-6);
}

/** The end of a run's id: its beginning is its time, the same for runs of one minute. */
export function runName(runId: string): string {
  return `#${runId.slice(-6)}`;
}

import { isSmallText } from "../../../operation/check-text.ts";
import { jobThread } from "../../../operation/job-thread.ts";
import { doBuilderJob, type BuilderJob, type BuilderResult } from "./builder-job.ts";

// Long enough for somebody who thinks between two changes: the thread's parsed draft is lost when it ends.
const restMs = 300_000;
const askThread = jobThread<BuilderJob, BuilderResult>("http/pages/builder/builder-worker.ts", restMs);

/** Reads or changes a draft without blocking the event loop: a large one in a thread. Throws `AppError`. */
export async function askBuilder(job: BuilderJob): Promise<BuilderResult> {
  const { row, theirs } = job.draft;
  const isSmall = [row.text, row.base_text, theirs ?? ""].every(isSmallText);
  return isSmall ? doBuilderJob(job) : askThread(job);
}

import { createLooks, type Looks } from "../collection/seen-files.ts";
import type { CheckedWorkflow } from "../workflow/validate.ts";
import { doCheckJob, type CheckAnswer, type CheckJob } from "./check-job.ts";
import { jobThread } from "./job-thread.ts";

const restMs = 30_000;
const askThread = jobThread<CheckJob, string>("operation/check-worker.ts", restMs);

/** True for a text whose check takes a few hundredths of a second at most. */
export function isSmallText(text: string): boolean {
  return text.length <= 8 * 1024;
}

/**
 * Checks a definition without blocking the event loop: a large one goes to a thread of its own. `looks` notes every
 * file that was looked at. Throws `AppError` for overrides that cannot be read.
 */
export async function checkText(job: CheckJob, looks: Looks = createLooks()): Promise<CheckedWorkflow> {
  if (isSmallText(job.text)) return looks.record(() => doCheckJob(job));
  const answer = JSON.parse(await askThread(job)) as CheckAnswer;
  looks.add(answer.looks);
  return answer.checked;
}

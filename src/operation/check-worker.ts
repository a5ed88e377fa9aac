import { AppError } from "../errors.ts";
import { doCheckJob, type CheckJob } from "./check-job.ts";

/** A thread that checks large definitions one after the other. Its answers are JSON, which is quick to take back. */

declare const self: Worker;

self.addEventListener("message", ({ data }: MessageEvent<{ id: number; job: CheckJob }>) => {
  self.postMessage({ id: data.id, answer: JSON.stringify(answerTo(data.job)) }, []);
});

function answerTo(job: CheckJob): object {
  try {
    return { checked: doCheckJob(job) };
  } catch (error) {
    if (error instanceof AppError) {
      const { code, message, details } = error;
      return { trouble: { code, message, details } };
    }
    return { bug: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
}

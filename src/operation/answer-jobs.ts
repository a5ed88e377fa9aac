import { AppError } from "../errors.ts";
import type { JobAnswer } from "./job-thread.ts";

declare const self: Worker;

/** The main function of a thread's module: does each job that `jobThread` sends, one after the other. */
export function answerJobs<Job>(doJob: (job: Job) => unknown): void {
  self.addEventListener("message", ({ data }: MessageEvent<{ id: number; job: Job }>) => {
    self.postMessage({ id: data.id, answer: answerTo(doJob, data.job) }, []);
  });
}

function answerTo<Job>(doJob: (job: Job) => unknown, job: Job): JobAnswer {
  try {
    return { result: doJob(job) };
  } catch (error) {
    if (error instanceof AppError) {
      const { code, message, details } = error;
      return { trouble: { code, message, details } };
    }
    return { bug: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
}

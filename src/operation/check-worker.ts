import { createLooks } from "../collection/seen-files.ts";
import { answerJobs } from "./answer-jobs.ts";
import { doCheckJob, type CheckAnswer, type CheckJob } from "./check-job.ts";

/** A thread that checks large definitions. Its results are JSON, which is quicker to take back than a copy. */
answerJobs((job: CheckJob) => {
  const looks = createLooks();
  const checked = looks.record(() => doCheckJob(job));
  return JSON.stringify({ checked, looks: looks.list() } satisfies CheckAnswer);
});

import { answerJobs } from "./answer-jobs.ts";
import { doCheckJob, type CheckJob } from "./check-job.ts";

/** A thread that checks large definitions. Its results are JSON, which is quicker to take back than a copy. */
answerJobs((job: CheckJob) => JSON.stringify(doCheckJob(job)));

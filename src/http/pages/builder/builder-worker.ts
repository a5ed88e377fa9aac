import { answerJobs } from "../../../operation/answer-jobs.ts";
import { doBuilderJob } from "./builder-job.ts";

/** A thread that reads, changes and draws large drafts. It keeps what it has read of them for the next request. */
answerJobs(doBuilderJob);

import { answerJobs } from "../../../operation/answer-jobs.ts";
import { packMarkup } from "../packed-markup.ts";
import { doBuilderJob, type BuilderJob, type BuilderResult } from "./builder-job.ts";

/** Markup as long as this is compressed here: a page of 2,000 stages has 8 MB. */
const leastPacked = 64 * 1024;

/** A thread that reads, changes and draws large drafts. It keeps what it has read of them for the next request. */
answerJobs((job: BuilderJob) => packAnswer(doBuilderJob(job)));

function packAnswer(result: BuilderResult): BuilderResult {
  if (result.kind !== "answer" || "location" in result.answer) return result;
  const { markup } = result.answer;
  if (typeof markup !== "string" || markup.length < leastPacked) return result;
  return { ...result, answer: { ...result.answer, markup: packMarkup(markup) } };
}

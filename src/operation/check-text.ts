import { AppError, type AppErrorCode, type AppErrorDetail } from "../errors.ts";
import { nextTurn } from "../next-turn.ts";
import type { CheckedWorkflow } from "../workflow/validate.ts";
import { doCheckJob, type CheckJob } from "./check-job.ts";

/** In characters. Checking a text of this length takes a few hundredths of a second. */
const smallText = 8 * 1024;
const restMs = 30_000;

type Answer =
  | { checked: CheckedWorkflow }
  | { trouble: { code: AppErrorCode; message: string; details: AppErrorDetail[] } }
  | { bug: string };

/** The thread that checks, and who waits for it. */
interface Thread {
  worker: Worker;
  waiting: Map<number, { resolve: (answer: Answer) => void; reject: (error: Error) => void }>;
  rest: Timer | null;
}

let thread: Thread | null = null;
let lastId = 0;

/**
 * Checks a definition without holding the event loop: a large one goes to a thread of its own, which ends when it has
 * had nothing to do for a while. Throws `AppError` for overrides that cannot be read.
 */
export async function checkText(job: CheckJob): Promise<CheckedWorkflow> {
  if (job.text.length <= smallText) return doCheckJob(job);
  const answer = await asked(job);
  // To take the answer in has taken a while, and so may what is done with it.
  await nextTurn();
  if ("checked" in answer) return answer.checked;
  if ("trouble" in answer) {
    const { code, message, details } = answer.trouble;
    throw new AppError(code, message, details);
  }
  throw new Error(`a definition could not be checked: ${answer.bug}`);
}

function asked(job: CheckJob): Promise<Answer> {
  const current = (thread ??= startThread());
  if (current.rest) clearTimeout(current.rest);
  current.rest = null;
  const id = ++lastId;
  return new Promise((resolve, reject) => {
    current.waiting.set(id, { resolve, reject });
    current.worker.ref();
    current.worker.postMessage({ id, job }, []);
  });
}

function startThread(): Thread {
  const worker = new Worker(new URL(workerFile(), import.meta.url).href);
  const started: Thread = { worker, waiting: new Map(), rest: null };
  worker.addEventListener("message", ({ data }: MessageEvent<{ id: number; answer: string }>) => {
    const waiter = started.waiting.get(data.id);
    started.waiting.delete(data.id);
    if (started.waiting.size === 0) letRest(started);
    waiter?.resolve(JSON.parse(data.answer) as Answer);
  });
  worker.addEventListener("error", ({ message }) => {
    if (thread === started) thread = null;
    worker.terminate();
    for (const { reject } of started.waiting.values())
      reject(new Error(`the checking thread ended: ${message}`));
  });
  return started;
}

/** An idle thread keeps no process alive, and soon no memory either. */
function letRest(idle: Thread): void {
  idle.worker.unref();
  idle.rest = setTimeout(() => {
    if (thread === idle) thread = null;
    idle.worker.terminate();
  }, restMs);
  idle.rest.unref();
}

/** In the executable the chunks lie at the root, and the threads' own files below it. */
function workerFile(): string {
  return import.meta.url.includes("/$bunfs/") ? "./operation/check-worker.ts" : "./check-worker.ts";
}

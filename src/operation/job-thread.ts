import { AppError, type AppErrorCode, type AppErrorDetail } from "../errors.ts";
import { nextTurn } from "../next-turn.ts";

/** Does jobs in a thread of its own, one after the other. Throws what the job throws, as `AppError` or as a bug. */
export type AskThread<Job, Result> = (job: Job) => Promise<Result>;

export type JobAnswer =
  | { result: unknown }
  | { trouble: { code: AppErrorCode; message: string; details: readonly AppErrorDetail[] } }
  | { bug: string };

/** The thread, and the callers that wait for it. */
interface Thread {
  worker: Worker;
  waiting: Map<number, { resolve: (answer: JobAnswer) => void; reject: (error: Error) => void }>;
  rest: Timer | null;
}

/**
 * A thread for one kind of job. The first job starts it, and it ends when it has had nothing to do for `restMs`. `file`
 * is the module of the thread, from `src`; `build.ts` names it too. Jobs and results are copied as `postMessage` does.
 */
export function jobThread<Job, Result>(file: string, restMs: number): AskThread<Job, Result> {
  let thread: Thread | null = null;
  let lastId = 0;

  function start(): Thread {
    const worker = new Worker(new URL(placeOf(file), import.meta.url).href);
    const started: Thread = { worker, waiting: new Map(), rest: null };
    worker.addEventListener("message", ({ data }: MessageEvent<{ id: number; answer: JobAnswer }>) => {
      const waiter = started.waiting.get(data.id);
      started.waiting.delete(data.id);
      if (started.waiting.size === 0) letRest(started);
      waiter?.resolve(data.answer);
    });
    worker.addEventListener("error", ({ message }) => {
      if (thread === started) thread = null;
      worker.terminate();
      for (const { reject } of started.waiting.values())
        reject(new Error(`the thread of ${file} ended: ${message}`));
    });
    return started;
  }

  /** An idle thread keeps no process alive, and is soon ended to free its memory. */
  function letRest(idle: Thread): void {
    idle.worker.unref();
    idle.rest = setTimeout(() => {
      if (thread === idle) thread = null;
      idle.worker.terminate();
    }, restMs);
    idle.rest.unref();
  }

  return async (job) => {
    const current = (thread ??= start());
    if (current.rest) clearTimeout(current.rest);
    current.rest = null;
    const id = ++lastId;
    const answer = await new Promise<JobAnswer>((resolve, reject) => {
      current.waiting.set(id, { resolve, reject });
      current.worker.ref();
      current.worker.postMessage({ id, job }, []);
    });
    // Taking the answer in has taken a while, and so may what is done with it.
    await nextTurn();
    if ("result" in answer) return answer.result as Result;
    if ("bug" in answer) throw new Error(`a job in the thread of ${file} failed: ${answer.bug}`);
    const { code, message, details } = answer.trouble;
    throw new AppError(code, message, details);
  };
}

/** In the executable the chunks lie at the root, and the threads' own files below it. */
function placeOf(file: string): string {
  return import.meta.url.includes("/$bunfs/") ? `./${file}` : `../${file}`;
}

import { storeFailure } from "../../store/store-failure.ts";

const patienceMs = 4_000;
const againMs = 50;

/**
 * Repeats work that may find the database locked by another process for 4 s, so that there is an answer within 5 s;
 * other requests are answered meanwhile. A locked attempt must not have written anything, which holds for work that
 * writes once.
 */
export async function retryWhileLocked<T>(work: () => T | Promise<T>): Promise<T> {
  const until = performance.now() + patienceMs;
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (storeFailure(error) !== "busy" || performance.now() > until) throw error;
    }
    await Bun.sleep(againMs);
  }
}

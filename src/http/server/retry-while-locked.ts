import { storeFailure } from "../../store/store-failure.ts";

const patienceMs = 4_000;
const againMs = 50;

/**
 * Does what may find the database locked by another process, again and again for 4 s, so that there is an answer within
 * 5: everybody else is answered meanwhile. Nothing of it may have been written when it says so, which holds for
 * whatever writes once.
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

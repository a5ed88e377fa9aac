const sliceMs = 5;

/** Does work a little later, in the order it came. */
export type WorkSlices = (work: () => void) => void;

/**
 * Cuts up long work for many readers: after each slice, the requests that have come meanwhile are answered. Otherwise a
 * stream that asks for its next part by itself would go on until its socket is full, and a hundred of them for seconds.
 */
export function createWorkSlices(): WorkSlices {
  const waiting: (() => void)[] = [];
  const run = (): void => {
    const end = performance.now() + sliceMs;
    for (let next = waiting.shift(); next; next = waiting.shift()) {
      next();
      if (performance.now() > end) break;
    }
    if (waiting.length > 0) setImmediate(run);
  };
  return (work) => {
    if (waiting.push(work) === 1) setImmediate(run);
  };
}

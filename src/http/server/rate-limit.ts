/** Counts failures by client within a window; says how long a client has to wait. */
export interface RateLimit {
  /** Seconds to wait; 0: go ahead. */
  waitSeconds(client: string): number;
  fail(client: string): void;
}

const mostClients = 10_000;

/** `most` failures in `windowMs` are let through, by client; a client's window begins with its first failure. */
export function createRateLimit(most: number, windowMs: number, now: () => number): RateLimit {
  const failures = new Map<string, { count: number; since: number }>();
  const current = (client: string): { count: number; since: number } | null => {
    const known = failures.get(client);
    if (!known) return null;
    if (now() - known.since < windowMs) return known;
    failures.delete(client);
    return null;
  };
  return {
    waitSeconds: (client) => {
      const known = current(client);
      if (!known || known.count < most) return 0;
      return Math.max(1, Math.ceil((known.since + windowMs - now()) / 1000));
    },
    fail: (client) => {
      const known = current(client);
      if (known) known.count++;
      else {
        // The oldest is dropped: a flood of addresses pushes out other counts, but never fills the memory.
        const [oldest] = failures.keys();
        if (failures.size >= mostClients && oldest !== undefined) failures.delete(oldest);
        failures.set(client, { count: 1, since: now() });
      }
    },
  };
}

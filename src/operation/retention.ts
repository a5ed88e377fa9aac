import type { Config } from "../config.ts";
import { allowedEnv } from "../execution/allowed-env.ts";
import type { RetentionRule } from "../store/prune.ts";
import { pruneExecutions, type PruneReport } from "./prune.ts";

/** What a configured or given rule means at an instant, in milliseconds since 1970. */
export function retentionRule(
  { olderThanMs, keep }: NonNullable<Config["retention"]>,
  nowMs: number,
): RetentionRule {
  return { endedBefore: olderThanMs === null ? null : new Date(nowMs - olderThanMs).toISOString(), keep };
}

export interface RetentionOptions {
  database: string;
  home: string;
  retention: NonNullable<Config["retention"]>;
  env: Readonly<Record<string, string | undefined>>;
  /** Gets the result of each round. */
  tell: (result: { report: PruneReport } | { error: unknown }) => void;
  now: () => number;
  /** Calls once after a while; returns the way to cancel that. */
  after: (ms: number, call: () => void) => () => void;
}

const firstAfterMs = 60_000;
const everyMs = 24 * 3_600_000;

/** Applies the retention of the configuration soon after the start and then once a day. Returns the way to stop it. */
export function keepRetention(options: RetentionOptions): () => void {
  const { database, home, retention, env, tell, now, after } = options;
  const runRound = (): void => {
    const rule = retentionRule(retention, now());
    const request = { database, home, rule, scope: null, dryRun: false, env: allowedEnv(env) };
    cancel = after(everyMs, runRound);
    pruneExecutions(request).then(
      (report) => tell({ report }),
      (error: unknown) => tell({ error }),
    );
  };
  let cancel = after(firstAfterMs, runRound);
  return () => cancel();
}

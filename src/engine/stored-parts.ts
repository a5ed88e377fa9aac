import { loadForEngine, readForEngine, type LoadedExecution } from "../store/executions.ts";
import type { EngineState } from "./engine-state.ts";
import { namesIn } from "./sweep-attempts.ts";

/** How what is stored of an execution is read, whose lease this engine has taken. */
export interface StoredParts {
  /** Null when there is no such execution. Throws `DamagedRow`. */
  read: (runId: string) => LoadedExecution | null;
  /** False: no file holds secrets of it. */
  mayHaveSecrets: (runId: string) => boolean;
  /** False: it has no attempts' files. */
  mayHaveAttempts: (runId: string) => boolean;
}

/** For one execution: its files are looked for where they are needed. */
export function partsOfOne({ store }: EngineState): StoredParts {
  const mayHave = (): boolean => true;
  return {
    read: (runId) => loadForEngine(store, runId),
    mayHaveSecrets: mayHave,
    mayHaveAttempts: mayHave,
  };
}

/** For many, whose leases were taken just now: rows and folders are read once for all of them. */
export function partsOfMany(engine: EngineState, runIds: readonly string[]): StoredParts {
  const secrets = new Set(namesIn(engine.secretsDir));
  const attempts = new Set(namesIn(engine.attemptsDir));
  return {
    read: readForEngine(engine.store, runIds),
    mayHaveSecrets: (runId) => secrets.has(runId),
    mayHaveAttempts: (runId) => attempts.has(runId),
  };
}

import type { Engine, StartRequest } from "../engine/engine.ts";
import { AppError } from "../errors.ts";
import type { Trigger } from "../execution/status.ts";
import { getExecution } from "../store/executions.ts";
import { releaseKey, reserveKey, startsUnderKey } from "../store/idempotency.ts";
import { openWorkflow } from "./open-workflow.ts";
import { requestExecution, type RunHome, type RunInputs } from "./plan-execution.ts";

const keyLifeMs = 24 * 60 * 60 * 1000;
const longestKey = 200;

/** A home whose engine accepts starts. */
export interface StartHome extends RunHome {
  engine: Engine;
  /** Starts with a key that are under way, by run id. */
  starting: Map<string, Promise<string>>;
}

/** A request for a start. A repeated key must come with the same `workflow` and `inputs`. */
export interface AskedStart {
  /** By id, `workflow.id` or name. */
  workflow: string;
  inputs: RunInputs & { trigger?: Trigger };
  /** The key that a repeated start has in common with the first; null: none. */
  key: string | null;
}

/** `isRepeated`: an earlier request with this key has started it. */
export interface StartedExecution {
  run_id: string;
  isRepeated: boolean;
}

/**
 * Starts an execution; resolves once it is on disk. For a key that was used within 24 hours for the same request, it
 * returns the execution of that time. The key is on disk, with the id to be, before the execution is made, so that a
 * crash in between leads to exactly one. Throws what `planExecution` throws, and `AppError("conflict")` for a key of
 * another request.
 */
export async function startExecution(home: StartHome, asked: AskedStart): Promise<StartedExecution> {
  const { key, workflow, inputs } = asked;
  // A start that was made before under the same key is returned without checking its working directory.
  const request = (): Promise<StartRequest> => requestExecution(home, { workflow }, inputs);
  if (key === null) return startUnderKey(home, { scope: "", key, inputs }, request);
  try {
    const { id } = openWorkflow(home, workflow);
    return await startUnderKey(home, { scope: `run ${id}`, key, inputs }, request);
  } catch (error) {
    const isGone = error instanceof AppError && error.code === "not_found";
    const earlier = isGone ? startOfDeleted(home, workflow, { key, hash: hashOf(inputs) }) : null;
    if (earlier === null) throw error;
    return { run_id: earlier, isRepeated: true };
  }
}

/** A start under a key that holds for its `scope` alone; `key` null: none. `inputs` must be the same when repeated. */
export async function startUnderKey(
  home: StartHome,
  { scope, key, inputs }: { scope: string; key: string | null; inputs: object },
  request: () => Promise<StartRequest>,
): Promise<StartedExecution> {
  if (key === null) return { run_id: await home.engine.start(await request()), isRepeated: false };
  if (key.length === 0 || key.length > longestKey) {
    throw new AppError("invalid_usage", `an Idempotency-Key has from 1 to ${longestKey} characters`);
  }
  return startOnce(home, { scope, key, hash: hashOf(inputs) }, request);
}

interface KeyedRequest {
  key: string;
  /** The hash of the start's inputs. */
  hash: string;
}

/** A start under a key may be asked for again after its workflow was deleted: the execution stays. */
function startOfDeleted({ store }: StartHome, workflow: string, { key, hash }: KeyedRequest): string | null {
  const same = startsUnderKey(store, key).find(({ scope, request_hash, run_id }) => {
    if (request_hash !== hash || !exists(store, run_id)) return false;
    return scope === `run ${workflow}` || getExecution(store, run_id).workflow_slug === workflow;
  });
  return same?.run_id ?? null;
}

async function startOnce(
  { store, engine, starting }: StartHome,
  { scope, key, hash }: KeyedRequest & { scope: string },
  request: () => Promise<StartRequest>,
): Promise<StartedExecution> {
  const now = Date.now();
  const mine = {
    scope,
    key,
    request_hash: hash,
    run_id: Bun.randomUUIDv7(),
    created_at: new Date(now).toISOString(),
  };
  const kept = reserveKey(store, mine, new Date(now - keyLifeMs).toISOString());
  if (kept.request_hash !== hash) {
    throw new AppError("conflict", "this Idempotency-Key was used for another request. use a new one");
  }
  const { run_id } = kept;
  const twin = starting.get(run_id);
  if (twin) return { run_id: await twin, isRepeated: true };
  if (exists(store, run_id)) return { run_id, isRepeated: true };
  try {
    const start = request().then((wish) => engine.start({ ...wish, run_id }));
    starting.set(run_id, start);
    return { run_id: await start, isRepeated: false };
  } catch (error) {
    releaseKey(store, kept);
    throw error;
  } finally {
    starting.delete(run_id);
  }
}

function exists(store: StartHome["store"], runId: string): boolean {
  try {
    getExecution(store, runId);
    return true;
  } catch (error) {
    if (error instanceof AppError && error.code === "not_found") return false;
    throw error;
  }
}

function hashOf(inputs: object): string {
  return new Bun.CryptoHasher("sha256").update(JSON.stringify(inputs, inOrder)).digest("hex");
}

/** The fields of the same body may come in another order. */
function inOrder(_: string, value: unknown): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

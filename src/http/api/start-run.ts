import type { StartRequest } from "../../engine/engine.ts";
import { AppError } from "../../errors.ts";
import { openWorkflow } from "../../operation/open-workflow.ts";
import { getExecution } from "../../store/executions.ts";
import { releaseKey, reserveKey, startsUnderKey } from "../../store/idempotency.ts";
import type { Context } from "../server/server-parts.ts";
import { json } from "./answers.ts";

const keyLifeMs = 24 * 60 * 60 * 1000;
const mostKeyLength = 200;

/** What is asked for: the workflow and `given` tell whether a repeated key comes with the same request. */
export interface Asked {
  /** By id, `workflow.id` or name. */
  workflow: string;
  given: unknown;
  request: Request;
}

/**
 * Starts an execution and answers 202. With an `Idempotency-Key` that was used within 24 hours for the same request,
 * answers with the execution of that time; the key is on disk, with the id to be, before the execution is made, so that
 * a crash in between makes neither two nor none.
 */
export async function startRun(
  context: Context,
  asked: Asked,
  compose: () => Promise<StartRequest>,
): Promise<Response> {
  const key = asked.request.headers.get("idempotency-key");
  if (key === null) return started(context, await context.engine.start(await compose()));
  if (key.length === 0 || key.length > mostKeyLength) {
    throw new AppError("invalid_usage", `an Idempotency-Key has from 1 to ${mostKeyLength} characters`);
  }
  try {
    const { id } = openWorkflow(context, asked.workflow);
    return await startOnce(context, { scope: `run ${id}`, given: asked.given }, key, compose);
  } catch (error) {
    const isGone = error instanceof AppError && error.code === "not_found";
    const earlier = isGone ? startOfDeleted(context, asked, key) : null;
    if (earlier === null) throw error;
    return started(context, earlier, replay);
  }
}

/** What was started under a key may be asked for again after its workflow is gone: the execution stays. */
function startOfDeleted(context: Context, { workflow, given }: Asked, key: string): string | null {
  const { store } = context;
  const hash = hashOf(given);
  const same = startsUnderKey(store, key).find(({ scope, request_hash, run_id }) => {
    if (request_hash !== hash || !exists(context, run_id)) return false;
    return scope === `run ${workflow}` || getExecution(store, run_id).workflow_slug === workflow;
  });
  return same?.run_id ?? null;
}

async function startOnce(
  context: Context,
  { scope, given }: { scope: string; given: unknown },
  key: string,
  compose: () => Promise<StartRequest>,
): Promise<Response> {
  const { store, engine } = context;
  const now = Date.now();
  const mine = {
    scope,
    key,
    request_hash: hashOf(given),
    run_id: Bun.randomUUIDv7(),
    created_at: new Date(now).toISOString(),
  };
  const kept = reserveKey(store, mine, new Date(now - keyLifeMs).toISOString());
  if (kept.request_hash !== mine.request_hash) {
    throw new AppError("conflict", "this Idempotency-Key was used for another request. take a new one");
  }
  const { run_id } = kept;
  const twin = context.starting.get(run_id);
  if (twin) return started(context, await twin, replay);
  if (exists(context, run_id)) return started(context, run_id, replay);
  try {
    const start = compose().then((wish) => engine.start({ ...wish, run_id }));
    context.starting.set(run_id, start);
    return started(context, await start);
  } catch (error) {
    releaseKey(store, kept);
    throw error;
  } finally {
    context.starting.delete(run_id);
  }
}

const replay = { "idempotent-replay": "true" };

export function started({ store }: Context, runId: string, headers: Record<string, string> = {}): Response {
  const { run_id, status } = getExecution(store, runId);
  const location = `/api/v1/workflow-executions/${run_id}`;
  return json({ run_id, status, stream_url: `${location}/stream` }, 202, { location, ...headers });
}

function exists({ store }: Context, runId: string): boolean {
  try {
    getExecution(store, runId);
    return true;
  } catch (error) {
    if (error instanceof AppError && error.code === "not_found") return false;
    throw error;
  }
}

function hashOf(given: unknown): string {
  return new Bun.CryptoHasher("sha256").update(JSON.stringify(given, inOrder) ?? "").digest("hex");
}

/** The same body may come with its keys in another order. */
function inOrder(_: string, value: unknown): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

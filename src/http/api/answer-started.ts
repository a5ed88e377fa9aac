import type { StartedExecution } from "../../operation/start-execution.ts";
import { getExecution } from "../../store/executions.ts";
import type { Context } from "../server/server-parts.ts";
import { json } from "./answers.ts";

/** 202 with where the execution is and where it can be followed. */
export function answerStarted({ store }: Context, { run_id, isRepeated }: StartedExecution): Response {
  const { status } = getExecution(store, run_id);
  const location = `/api/v1/workflow-executions/${run_id}`;
  return json({ run_id, status, stream_url: `${location}/stream` }, 202, {
    location,
    ...(isRepeated ? { "idempotent-replay": "true" } : {}),
  });
}

import { Type } from "@sinclair/typebox";
import { AppError } from "../../errors.ts";
import { readStageChanges } from "../../operation/stage-changes.ts";
import { getExecution, getSteps } from "../../store/executions.ts";
import type { Context } from "../server/server-parts.ts";
import { problems } from "./answers.ts";
import { endpoint, type Endpoint } from "./endpoint.ts";

/** More is not sent: git itself can be asked for it. */
const mostBytes = 4 * 1024 * 1024;

export const stageDiffEndpoints: Endpoint[] = [
  endpoint({
    tag: "executions",
    needsEngine: true,
    method: "GET",
    path: "/workflow-executions/{run_id}/steps/{stage_id}/diff",
    operationId: "getStepDiff",
    summary: "Get what a step has changed in its worktree",
    description:
      "A unified diff: since the step began, up to its commit, or to the files as they are now where it has none.",
    answers: {
      200: {
        description: "the diff, cut after 4 MiB, which its last line then says",
        schema: Type.String(),
        type: "text/plain",
      },
      ...problems(404, 503),
    },
    handle: async ({ params, context }) => {
      const text = await diffText(context, params.run_id, params.stage_id);
      return new Response(text, { headers: { "content-type": "text/plain; charset=utf-8" } });
    },
  }),
];

async function diffText({ store, home, options }: Context, runId: string, stageId: string): Promise<string> {
  const execution = getExecution(store, runId);
  const step = getSteps(store, runId).find(({ stage_id }) => stage_id === stageId);
  if (!step) throw new AppError("not_found", `execution "${runId}" has no stage "${stageId}"`);
  const diff = await readStageChanges({ home, env: options.env, execution, step, mostBytes });
  if (diff === null) {
    const message =
      `stage "${stageId}" of execution "${runId}" has neither a git worktree nor a commit. ` +
      'stages with "workspace: worktree" have one once they have begun';
    throw new AppError("not_found", message);
  }
  if ("trouble" in diff) {
    const message =
      `what stage "${stageId}" of execution "${runId}" has changed cannot be told (git: ${diff.trouble}). ` +
      "look whether its repository is still there";
    throw new AppError("unavailable", message);
  }
  return diff.isCut ? `${diff.text}... cut after 4 MiB; git shows all of it\n` : diff.text;
}

import { shownText } from "../../execution/shown-text.ts";
import { Type } from "@sinclair/typebox";
import { AppError } from "../../errors.ts";
import { logStreams, type LogStream } from "../../execution/event.ts";
import { logLevels } from "../../execution/log-level.ts";
import { getExecution, getSteps } from "../../store/executions.ts";
import { logFacts } from "../../store/logs.ts";
import { nextTurn } from "../../next-turn.ts";
import type { Context } from "../server/server-parts.ts";
import { json, problems } from "./answers.ts";
import { endpoint, type Endpoint } from "./endpoint.ts";
import { walkLog, walkLogBack, type WalkFilter } from "./log-walk.ts";
import { closed, oneOf } from "./schemas.ts";
import { LogPage } from "./schemas-execution.ts";

const downloadLines = 500;

export const logEndpoints: Endpoint[] = [
  endpoint({
    tag: "executions",
    needsEngine: true,
    method: "GET",
    path: "/workflow-executions/{run_id}/steps/{stage_id}/logs",
    operationId: "getStepLogs",
    summary: "Read, search or download a step's log",
    query: Type.Object(
      {
        after: Type.Optional(Type.Integer({ minimum: 0, description: "lines numbered above it; default 0" })),
        before: Type.Optional(
          Type.Integer({ minimum: 0, description: "with tail: lines numbered below it" }),
        ),
        tail: Type.Optional(Type.Boolean({ description: "the last lines instead of the first" })),
        limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000, default: 200 })),
        stream: Type.Optional(oneOf(logStreams)),
        level: Type.Optional(oneOf(logLevels)),
        attempt: Type.Optional(Type.Integer({ minimum: 1, description: "default: of every attempt" })),
        search: Type.Optional(
          Type.String({
            minLength: 1,
            maxLength: 200,
            description: "plain text, whatever the case of a to z",
          }),
        ),
        download: Type.Optional(
          Type.Boolean({ description: "the whole log as text/plain, filters applied" }),
        ),
      },
      closed,
    ),
    answers: {
      200: {
        description: "lines, oldest first; with download the log as text",
        schema: LogPage,
        isAlsoText: true,
      },
      ...problems(400, 404),
    },
    handle: ({ params, query, context, request }) => {
      const { run_id, stage_id } = params;
      refuseUnknown(context, run_id, stage_id);
      const filter = {
        run_id,
        stage_id,
        attempt: query.attempt ?? null,
        stream: query.stream ?? null,
        level: query.level ?? null,
        search: query.search ?? null,
      };
      const { signal } = request;
      return query.download ? download(context, filter, signal) : page(context, filter, query, signal);
    },
  }),
];

interface Part {
  after?: number;
  before?: number;
  tail?: boolean;
  limit?: number;
}

async function page(
  { store }: Context,
  filter: WalkFilter,
  { after = 0, before, tail, limit = 200 }: Part,
  signal: AbortSignal,
): Promise<Response> {
  if (before !== undefined && !tail) {
    throw new AppError("invalid_usage", '"before" belongs to tail=1. without it, lines come after "after"');
  }
  const { lines, has_more } = tail
    ? await walkLogBack(store, { ...filter, before: before ?? null, limit }, signal)
    : await walkLog(store, { ...filter, after, limit }, signal);
  const facts = logFacts(store, filter.run_id, filter.stage_id);
  return json({
    items: lines,
    has_more,
    next_after: lines.at(-1)?.seq ?? (tail ? null : after),
    total_lines: facts.lines,
    total_bytes: facts.bytes,
    cut: facts.cut,
  });
}

/** Reads on only as fast as the client takes it. */
function download(
  { store }: Context,
  filter: WalkFilter & { stream: LogStream | null },
  signal: AbortSignal,
): Response {
  let after = 0;
  const encoder = new TextEncoder();
  const body = new ReadableStream<Uint8Array>({
    pull: async (controller) => {
      await nextTurn();
      const { lines, has_more } = await walkLog(store, { ...filter, after, limit: downloadLines }, signal);
      const text = lines.map((line) => `${shownText(line)}\n`).join("");
      if (text !== "") controller.enqueue(encoder.encode(text));
      after = lines.at(-1)?.seq ?? after;
      if (!has_more) controller.close();
    },
  });
  const name = `${filter.stage_id}-${filter.run_id.slice(0, 8)}.log`.replaceAll(/[^\w.-]/g, "_");
  return new Response(body, {
    headers: {
      "content-type": "text/plain; charset=utf-8",
      "content-disposition": `attachment; filename="${name}"`,
    },
  });
}

function refuseUnknown({ store }: Context, runId: string, stageId: string): void {
  getExecution(store, runId);
  if (getSteps(store, runId).some((step) => step.stage_id === stageId)) return;
  throw new AppError("not_found", `execution "${runId}" has no stage "${stageId}"`);
}

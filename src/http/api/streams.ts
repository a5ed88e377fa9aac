import { Type } from "@sinclair/typebox";
import { AppError } from "../../errors.ts";
import type { ExecutionRecord } from "../../execution/record.ts";
import { hasEnded } from "../../execution/status.ts";
import { getExecution } from "../../store/executions.ts";
import { lastEventId } from "../../store/feed.ts";
import { openWorkflow } from "../../operation/open-workflow.ts";
import { eventStream, resumeAfter } from "../stream/event-stream.ts";
import type { Encoding, Topic } from "../stream/feed-channel.ts";
import { recordFailure } from "../server/record-failure.ts";
import type { Context } from "../server/server-parts.ts";
import { problems } from "./answers.ts";
import { endpoint, type Endpoint } from "./endpoint.ts";
import { closed } from "./schemas.ts";
import { Event } from "./schemas-execution.ts";

const shared = { tag: "streams", needsEngine: true, method: "GET" as const };
const query = Type.Object(
  {
    after: Type.Optional(Type.Integer({ minimum: 0, description: "number of the last event you have" })),
  },
  closed,
);
const headers = { "Last-Event-ID": "as after; browsers send it by themselves when they come back" };
const answers = {
  200: {
    description: "events as they are stored, one `id`, `event` and JSON `data` (an Event) each",
    schema: Event,
    type: "text/event-stream",
  },
  204: { description: "the execution has ended and you have everything", schema: null },
  ...problems(400, 404),
};

export const streamEndpoints: Endpoint[] = [
  endpoint({
    ...shared,
    path: "/workflow-executions/{run_id}/stream",
    operationId: "streamExecution",
    summary: "Follow an execution from its first event, or from the one after a given event",
    query,
    headers,
    answers,
    handle: ({ params, query, context, request }) =>
      followExecution(context, request, {
        record: getExecution(context.store, params.run_id),
        after: resumeAfter(request, query.after),
      }),
  }),
  endpoint({
    ...shared,
    path: "/workflows/{id}/executions/{run_id}/stream",
    operationId: "streamWorkflowExecution",
    summary: "Follow an execution, with a path below its workflow",
    query,
    headers,
    answers,
    handle: ({ params, query, context, request }) => {
      const workflow = openWorkflow(context, params.id);
      const record = getExecution(context.store, params.run_id);
      if (record.workflow_id !== workflow.id) {
        throw new AppError("not_found", `workflow "${workflow.slug}" has no execution "${params.run_id}"`);
      }
      return followExecution(context, request, { record, after: resumeAfter(request, query.after) });
    },
  }),
  endpoint({
    ...shared,
    path: "/events/stream",
    operationId: "streamEvents",
    summary: "Follow all executions from now, or from the event after a given one; without log lines",
    description: "The id of an event is its number among those of all executions, not its seq.",
    query,
    headers,
    answers: { 200: answers[200], ...problems(400) },
    handle: ({ query, context, request }) => {
      const after = resumeAfter(request, query.after) ?? lastEventId(context.store);
      return openStream(context, request, { topic: { kind: "all" }, after });
    },
  }),
];

/** A stored event is the API's Event; its place in the feed is the `id`. What is not stored has no id. */
const asEvents: Encoding = {
  event: (event, place) => `id: ${place}\nevent: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`,
  delta: (delta) => `event: delta\ndata: ${JSON.stringify(delta)}\n\n`,
};

function followExecution(
  context: Context,
  request: Request,
  { record, after }: { record: ExecutionRecord; after: number | null },
): Response {
  // An answer with a body would make a browser reconnect every second, for ever.
  const hasAll = after !== null && after >= record.last_event && hasEnded(record.status);
  if (hasAll) return new Response(null, { status: 204 });
  return openStream(context, request, { topic: { kind: "run", run_id: record.run_id }, after: after ?? 0 });
}

function openStream(
  context: Context,
  request: Request,
  { topic, after }: { topic: Topic; after: number },
): Response {
  const onFailure = (error: unknown): void => recordFailure({ error, request, context });
  const body = context.feed.open(topic, after, asEvents, onFailure);
  return eventStream(body, (ended) => context.sessions.follow(request, ended));
}

import { Type } from "@sinclair/typebox";
import { tryAgent } from "../../operation/try-agent.ts";
import { answerStarted } from "./answer-started.ts";
import { problems } from "./answers.ts";
import { endpoint, type Endpoint } from "./endpoint.ts";
import { closed, oneOf } from "./schemas.ts";
import { Started } from "./schemas-workflow.ts";

const TrialBody = Type.Object(
  {
    agent: Type.String({ minLength: 1, maxLength: 500, description: "such as agent:reviewer" }),
    prompt: Type.String({ minLength: 1, maxLength: 1_000_000, description: "what the agent is to do" }),
    outputs: Type.Optional(
      Type.Record(Type.String(), Type.String(), { description: "name → type, such as array<string>" }),
    ),
    model: Type.Optional(
      Type.String({ minLength: 1, maxLength: 200, description: "instead of that of the agent's file" }),
    ),
    permissions: Type.Optional(oneOf(["deny", "fail", "ask"], { default: "deny" })),
    workdir: Type.Optional(
      Type.String({
        maxLength: 4096,
        description: "where the agent works; default: where the server was started",
      }),
    ),
  },
  { $id: "AgentTrial", ...closed },
);

export const agentTrialEndpoints: Endpoint[] = [
  endpoint({
    tag: "collection",
    needsEngine: true,
    method: "POST",
    path: "/agents/try",
    operationId: "tryAgent",
    summary: "Give one task to one agent, without a workflow",
    description: "Starts an execution of a workflow with one stage, which is stored nowhere.",
    headers: { "Idempotency-Key": "for 24 hours, the same key and body start one execution only" },
    body: {
      schema: TrialBody,
      required: true,
      takesYaml: false,
      examples: {
        task: {
          agent: "agent:reviewer",
          prompt: "Review the last commit.",
          outputs: { verdict: "string", findings: "integer" },
        },
      },
    },
    answers: {
      202: {
        description: "started; it is on disk",
        schema: Started,
        headers: {
          Location: "the execution",
          "Idempotent-Replay": "true: it was started by an earlier request",
        },
      },
      ...problems(400, 409, 422),
    },
    handle: async ({ body, context, request }) => {
      const asked = { ...body, trigger: "api" as const };
      return answerStarted(context, await tryAgent(context, asked, request.headers.get("idempotency-key")));
    },
  }),
];

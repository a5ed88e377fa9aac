import { Type } from "@sinclair/typebox";
import { isDamage, storeFailure } from "../../store/store-failure.ts";
import type { EngineTrouble } from "../../engine/trouble.ts";
import { health } from "../server/health.ts";
import type { Context } from "../server/server-parts.ts";
import { json } from "./answers.ts";
import { endpoint, type Endpoint } from "./endpoint.ts";
import { definitionSchema } from "../../workflow/json-schema.ts";
import { closed, JsonObject, oneOf } from "./schemas.ts";

const Health = Type.Object(
  { status: oneOf(["ok"]), name: oneOf(["skillmeat"]), version: Type.String() },
  { $id: "Health", ...closed },
);
const Ready = Type.Object(
  {
    ready: Type.Boolean(),
    database: oneOf(["ok", "full", "locked", "failed"]),
    engine: oneOf(["running", "waiting", "stopping", "failed", "disabled"]),
    message: Type.Optional(Type.String({ description: "why not, and the way out" })),
  },
  { $id: "Ready", ...closed },
);

const shared = { tag: "system", needsEngine: false, method: "GET" as const };

export const systemEndpoints: Endpoint[] = [
  endpoint({
    ...shared,
    path: "/schema/workflow.json",
    operationId: "getWorkflowSchema",
    summary: "Get the JSON Schema of workflow files",
    answers: { 200: { description: "the schema", schema: JsonObject } },
    handle: () => json(definitionSchema()),
  }),
  endpoint({
    ...shared,
    path: "/health",
    operationId: "getHealth",
    summary: "Tell whether the process answers",
    answers: { 200: { description: "it does", schema: Health } },
    handle: () => json(health()),
  }),
  endpoint({
    ...shared,
    path: "/ready",
    operationId: "getReady",
    summary: "Tell whether workflows can be started",
    answers: {
      200: { description: "they can", schema: Ready },
      503: { description: "they cannot", schema: Ready },
    },
    handle: ({ context }) => {
      const database = databaseState(context);
      const trouble = context.engineTrouble();
      const engine = context.engineEnabled ? engineState(trouble) : "disabled";
      const ready = database === "ok" && trouble === null;
      return json(
        { ready, database, engine, ...(trouble ? { message: trouble.message } : {}) },
        ready ? 200 : 503,
      );
    },
  }),
];

function engineState(trouble: EngineTrouble | null): "running" | "waiting" | "stopping" | "failed" {
  if (trouble === null) return "running";
  return trouble.kind === "full" || trouble.kind === "locked" ? "waiting" : trouble.kind;
}

function databaseState({ store, engine, engineTrouble }: Context): "ok" | "full" | "locked" | "failed" {
  try {
    store.refuseChanged();
    store.prepare("SELECT 1 FROM schema_migrations LIMIT 1").get();
  } catch (error) {
    if (storeFailure(error) === null) throw error;
    if (isDamage(error)) engine.giveUp(error);
    return "failed";
  }
  const kind = engineTrouble()?.kind;
  return kind === undefined || kind === "stopping" ? "ok" : kind;
}

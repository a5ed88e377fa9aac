import { Type } from "@sinclair/typebox";
import { isDamage, storeFailure } from "../../store/store-failure.ts";
import { health } from "../health.ts";
import type { Context } from "../server-parts.ts";
import { json } from "./answers.ts";
import { endpoint, type Endpoint } from "./endpoint.ts";
import { closed, oneOf } from "./schemas.ts";

const Health = Type.Object(
  { status: oneOf(["ok"]), name: oneOf(["skillmeat"]), version: Type.String() },
  { $id: "Health", ...closed },
);
const Ready = Type.Object(
  {
    ready: Type.Boolean(),
    database: oneOf(["ok", "failed"]),
    engine: oneOf(["running", "failed", "disabled"]),
  },
  { $id: "Ready", ...closed },
);

const shared = { tag: "system", needsEngine: false, method: "GET" as const };

export const systemEndpoints: Endpoint[] = [
  endpoint({
    ...shared,
    path: "/health",
    operationId: "getHealth",
    summary: "Whether the process answers",
    answers: { 200: { description: "it does", schema: Health } },
    handle: () => json(health()),
  }),
  endpoint({
    ...shared,
    path: "/ready",
    operationId: "getReady",
    summary: "Whether workflows can be started",
    answers: {
      200: { description: "they can", schema: Ready },
      503: { description: "they cannot", schema: Ready },
    },
    handle: ({ context }) => {
      const database = databaseState(context);
      const engine = context.engineEnabled ? context.engineState() : "disabled";
      const ready = database === "ok" && engine !== "failed";
      return json({ ready, database, engine }, ready ? 200 : 503);
    },
  }),
];

function databaseState({ store, engine }: Context): "ok" | "failed" {
  try {
    store.prepare("SELECT 1 FROM schema_migrations LIMIT 1").get();
    return "ok";
  } catch (error) {
    if (storeFailure(error) === null) throw error;
    if (isDamage(error)) engine.giveUp(error);
    return "failed";
  }
}

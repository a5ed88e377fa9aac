import type { StageEvent } from "../execution/event.ts";
import type { PermissionAsked } from "../execution/permission.ts";
import { permissionsOf, type PermissionSettled, type PermissionState } from "./permission-state.ts";

interface Given<E> {
  context: { attempt: number; permissions?: PermissionState };
  event: E;
}

type Recorded = Pick<StageEvent, "type" | "data"> & { attempt: number };

export function recordAsked({ context, event }: Given<{ request: PermissionAsked }>): Recorded {
  return { type: "gate_waiting", attempt: context.attempt, data: event.request };
}

/** While others are open, the step waits for the oldest of them; after the last one the attempt's time goes on. */
export function recordDecided({ context, event }: Given<PermissionSettled>): Recorded {
  const { request_id, decision, actor, comment, always, atMs } = event;
  const { open, leftMs } = permissionsOf(context);
  const others = open.filter(({ id }) => id !== request_id);
  const deadline_at = others[0]?.deadline_at ?? new Date(atMs + leftMs).toISOString();
  const data = { request_id, decision, actor, comment, always, still_open: others.length, deadline_at };
  return { type: "gate_resolved", attempt: context.attempt, data };
}

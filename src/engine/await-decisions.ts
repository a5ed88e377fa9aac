import type { LogSink, StageDispatcher, StageRequest, StageResult } from "../dispatch/dispatcher.ts";
import type { Usage } from "../execution/record.ts";
import type { AttemptResult } from "../machine/apply-result.ts";
import { permissionState } from "../machine/decide-permission.ts";
import type { LiveStep } from "./live-execution.ts";
import type { EnginePermissionDesk } from "./permission-desk.ts";

/**
 * Waits until everything is decided that an attempt's agent has asked for, if it is gone: it was stopped for the wait,
 * or it died. Null for an agent that has ended in another way. An attempt that is told to stop waits no longer.
 */
export async function awaitDecisions(
  result: StageResult | "gone" | "unbegun",
  {
    run: { step, stop },
    desk,
    dispatcher,
    request,
    log,
    usage,
  }: {
    run: { step: LiveStep; stop: AbortSignal };
    desk: EnginePermissionDesk;
    dispatcher: StageDispatcher;
    request: StageRequest;
    log: LogSink;
    usage: Usage | null;
  },
): Promise<AttemptResult | null> {
  if (typeof result !== "string" && result.ok) return null;
  const { open, answers, carried = [] } = permissionState(step);
  // Where it is not known any more what the agent was told, nothing that was decided until now is said again.
  const told = dispatcher.answered?.(request) ?? answers.map(({ id }) => id);
  const isLeft =
    open.length > 0 ||
    answers.some(({ id, allows, call }) => allows !== null && call !== undefined && !told.includes(id));
  // An agent that dies again and again is not started for ever: only an earlier engine's goes on with what it knew.
  const goesOn =
    typeof result === "string" ? isLeft || carried.length > 0 : isLeft && result.endedEarly === true;
  if (!desk.isParked() && !goesOn) return null;
  if (open.length > 0 && !stop.aborted) {
    const why = desk.isParked()
      ? "was stopped, because nobody has decided yet"
      : "is gone while it waits for a decision";
    log.write("system", `notice: the agent ${why}: the decision starts it again`);
  }
  await desk.untilDecided(stop);
  return { kind: "gone", asked: { told, usage } };
}

import { AppError } from "../errors.ts";
import type { Store } from "../store/database.ts";
import { hasRoom } from "../store/has-room.ts";
import { storeFailure } from "../store/store-failure.ts";
import { isoTime } from "../machine/moment.ts";
import type { EngineState, Hindrance } from "./engine-state.ts";

/** Why an engine accepts nothing. */
export interface EngineTrouble {
  kind: Hindrance | "failed" | "stopping";
  message: string;
}

/** Null: it accepts everything. */
export function troubleOf(engine: EngineState): EngineTrouble | null {
  noticeChange(engine);
  const { phase, hindrance, store } = engine;
  if (phase === "failed") return { kind: "failed", message: messageOf(engine.failure) };
  if (phase !== "open") {
    return { kind: "stopping", message: "this engine accepts nothing any more: it is being stopped" };
  }
  if (hindrance) return { kind: hindrance, message: hindranceText(hindrance, store) };
  return hasRoom(store) ? null : { kind: "full", message: hindranceText("full", store) };
}

/** A change of the database file since the last look shows in the very next answer. */
function noticeChange(engine: EngineState): void {
  if (engine.phase !== "open") return;
  try {
    engine.store.refuseChanged();
  } catch (error) {
    engine.fail(error);
  }
}

/** Throws `AppError("unavailable")` when the engine accepts nothing. */
export function refuseInTrouble(engine: EngineState): void {
  const trouble = troubleOf(engine);
  if (trouble) throw new AppError("unavailable", trouble.message);
}

/** Notes what hinders the engine, or with null that nothing does any more. */
export function setHindrance(engine: EngineState, hindrance: Hindrance | null): void {
  const before = engine.hindrance;
  if (before === hindrance) return;
  engine.hindrance = hindrance;
  const now = hindrance ?? before;
  if (now === null) return;
  const message = hindrance
    ? hindranceText(hindrance, engine.store)
    : "the database can be written again: work continues";
  engine.log({
    at: isoTime(engine.alarm.now()),
    level: hindrance ? "error" : "info",
    event: hindrance ? `database_${hindrance}` : "database_writable",
    workflow_id: "",
    execution_id: null,
    stage_id: null,
    attempt: null,
    message,
  });
  engine.tell(message);
}

/** The error of a database that has failed for good, as the waiting callers get it. */
export function failureOf(error: unknown, path: string): unknown {
  if (error instanceof AppError || storeFailure(error) === null) return error;
  return new AppError(
    "unavailable",
    `the database "${path}" failed: ${messageOf(error)}. running agents are left alone. repair the disk, then ` +
      'continue with "skillmeat workflow resume <run_id>" or "skillmeat serve"',
  );
}

function hindranceText(hindrance: Hindrance, { path }: Store): string {
  const goesOn = "nothing new is taken in until then, running agents are left alone";
  return hindrance === "full"
    ? `the disk of the database "${path}" is full. make room, and it continues by itself; ${goesOn}`
    : `another process keeps the database "${path}" locked. end it, or try again; ${goesOn}`;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

import { shortId } from "../execution/short-id.ts";
import type { Engine } from "../engine/engine.ts";
import { AppError } from "../errors.ts";

/** Takes an execution over whose engine is gone, and lets it go on if it is paused; its id. */
export async function takeOver(engine: Engine, runId: string): Promise<string> {
  const outcome = await engine.takeOver(runId);
  if (outcome === "taken") {
    const answer = await engine.signal(runId, { type: "resume" });
    // It was not paused, only left: being taken over is all it needed.
    if (answer.outcome === "refused" && answer.code !== "conflict")
      throw new AppError(answer.code, answer.message);
    return runId;
  }
  if (outcome === "held") throw new AppError("conflict", `execution "${runId}" is driven by another process`);
  throw new AppError(
    "conflict",
    `execution "${runId}" has ended. skillmeat workflow rerun ${shortId(runId)} begins anew`,
  );
}

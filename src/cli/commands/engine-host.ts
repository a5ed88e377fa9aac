import type { ExecutionControl } from "../../operation/signal-execution.ts";
import { AppError } from "../../errors.ts";
import type { CommandRun, Invocation } from "../command.ts";
import { beginRequest, type HostAnswer, type HostRequest } from "../detached.ts";
import { exitCodes } from "../exit-code.ts";
import { listenForInterrupts } from "../terminal/interrupts.ts";
import { openEngine } from "../open-engine.ts";
import { withStore } from "../open-home.ts";

/** Hosts an engine in the background until the execution it was asked for has ended. Not for people. */
export const run: CommandRun = (invocation) =>
  withStore(invocation.home, async (store) => {
    const request = JSON.parse(await Bun.stdin.text()) as HostRequest;
    const engine = await openEngine(invocation, store, "background");
    const interrupts = listenForInterrupts(() => {});
    try {
      const runId = await begin(invocation, { store, engine }, request);
      if (runId === null) return exitCodes.failed;
      await Promise.race([engine.ended(runId), engine.failed, interrupts.left, interrupts.cancelled]);
      return exitCodes.done;
    } finally {
      interrupts.close();
      await engine.stop("leave");
    }
  });

async function begin(
  { output }: Invocation,
  control: ExecutionControl,
  request: HostRequest,
): Promise<string | null> {
  const answer = (content: HostAnswer): void => output.line(JSON.stringify(content));
  try {
    const runId = await beginRequest(control, request);
    answer({ run_id: runId });
    return runId;
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const { code, details } = error instanceof AppError ? error : { code: "bug" as const, details: [] };
    answer({ error: { code, message, details } });
    return null;
  }
}

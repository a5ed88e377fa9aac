import type { AskedCall } from "../execution/permission.ts";
import type { PermissionDesk } from "../dispatch/dispatcher.ts";
import type { ExecutionView } from "../execution/view.ts";
import type { Signal } from "../execution/signal.ts";
import { anEngine, type TestEngine } from "./an-engine.ts";
import type { AskedAttempt } from "./fake-agents.ts";

/** Something that an agent asks for: a tool with the input `{ command: does }`. */
export function aCall(id: string, tool = "Bash", does = id): AskedCall {
  const input = { command: does };
  return { id, tool, title: `do ${does}`, input, reason: null, fingerprint: `${tool} ${does}` };
}

/** A decision of ada about stage `a`; an approval unless something else is given. */
export function aDecision(given: Partial<Extract<Signal, { stage_id: string }>> = {}): Signal {
  return { type: "approve", stage_id: "a", actor: "ada", comment: null, ...given };
}

export interface AskingEngine extends TestEngine {
  runId: string;
  agent: AskedAttempt;
  desk: PermissionDesk;
}

/** An engine with a running agent that asks, in an execution of the one stage `a`. */
export async function anAskingEngine(
  config = "",
  given: Parameters<typeof anEngine>[1] = {},
): Promise<AskingEngine> {
  const engine = await anEngine(undefined, given);
  const runId = await engine.start(
    `workflow: {id: w, name: W}\nconfig: {permissions: ask${config}}\n` +
      "stages: [{id: a, roles: {primary: 'agent:x'}, error_policy: {timeout: 10m, retry: {max_attempts: 1}}}]",
  );
  const agent = await engine.agents.running("a");
  return { ...engine, runId, agent, desk: deskOf(agent) };
}

export function deskOf({ control }: AskedAttempt): PermissionDesk {
  if (!control.permissions) throw new Error("this agent asks nobody");
  return control.permissions;
}

export function stepOf({ view }: TestEngine, runId: string): ExecutionView["steps"][number] | undefined {
  return view(runId).steps[0];
}

/** Waits until so many requests are stored. */
export function askedFor(engine: TestEngine, runId: string, count: number): Promise<void> {
  return engine.until(() => (stepOf(engine, runId)?.permission_requests.length ?? 0) >= count);
}

import { canReadProcesses, isGroupAlive, signalProcess } from "./processes.ts";
import type { Supervised } from "./supervisor.ts";
import type { Sweeper } from "./sweeper.ts";

/** How long an agent may take to end by itself. */
const graceMs = 5_000;
const groupLookMs = 50;

/** Ends an agent and all it has started: asks its group, waits 5 s, kills it, then whatever left the group. */
export async function stopAgent(agent: Supervised, attemptId: string, sweeper: Sweeper): Promise<void> {
  const killAt = performance.now() + graceMs;
  if (agent.isRunning()) signalProcess(-agent.pid, "SIGTERM");
  const isEnded = await settlesWithin(agent.ended, graceMs);
  if (!isEnded) {
    agent.kill();
    await agent.ended;
  }
  // The agent's own children were asked as well and get the rest of that time, which a shell does not give them.
  while (!agent.endsAll && performance.now() < killAt && isGroupAlive(agent.pid)) await pause(groupLookMs);
  await endLeftovers(agent, attemptId, sweeper);
}

/**
 * Ends what an agent that has ended left in its group, and everything else of the attempt. Resolves at once when its
 * supervisor has done so, or the group is empty. The number of an empty group may become another's, so it is only
 * looked at, and the processes are killed by their mark.
 */
export async function endLeftovers(agent: Supervised, attemptId: string, sweeper: Sweeper): Promise<void> {
  const group = agent.pid;
  // A supervisor that gave a status has ended everything, but may itself still be ending.
  if (agent.endsAll && (await agent.ended) !== null) return;
  if (!signalProcess(-group, 0)) return;
  if (!canReadProcesses) signalProcess(-group, "SIGKILL");
  await sweeper.sweep(attemptId);
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}

/** True when the promise settled in time. */
async function settlesWithin(promise: Promise<unknown>, ms: number): Promise<boolean> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const timeout = new Promise<false>((resolve) => {
    timer = setTimeout(() => resolve(false), ms);
  });
  const settled = promise.then(() => true);
  return Promise.race([settled, timeout]).finally(() => clearTimeout(timer));
}

import { lineOf } from "./simulated-agents.ts";
import type { StoredRun, World } from "./world.ts";

/** The lines of each agent are stored from its first one on, in their order; all of them when its result was taken. */
export function checkLog(world: World, { runId, feed }: StoredRun): void {
  const texts = feed.flatMap((event) => {
    const { stream, text } = event.data as { stream?: string; text?: string };
    return event.type === "log_line" && stream === "stdout" && text !== undefined ? [text] : [];
  });
  for (const agent of world.history.agents) {
    if (agent.run_id !== runId || agent.plan.lines === 0) continue;
    const mark = `${agent.attempt_id}#${agent.life}:`;
    const stored = texts.filter((text) => text.startsWith(mark));
    const isExact = stored.every((text, line) => text === lineOf(agent, line));
    if (!isExact) world.violate("log_is_exact", `${mark} ${stored.join(" ")}`);
    const isTaken = feed.some(
      ({ type, data }) =>
        type === "stage_completed" &&
        (data as { outputs?: { given?: string } }).outputs?.given === mark.slice(0, -1),
    );
    if (isTaken && stored.length < agent.plan.lines) {
      world.violate("log_is_exact", `${mark} ${stored.length} of ${agent.plan.lines} lines are stored`);
    }
  }
}

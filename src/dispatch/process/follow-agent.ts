import { nextTurn } from "../../next-turn.ts";
import type { DispatchControl, LogSink, StageRequest, StageResult } from "../dispatcher.ts";
import { isTwoWay, openConversation, type Conversation } from "./conversation.ts";
import type { AgentProgram, OutputReader } from "./agent-program.ts";
import type { LogFiles } from "./attempt-folder.ts";
import { openLogs } from "./attempt-logs.ts";
import { failedResult, stopped } from "./failed-result.ts";
import { openIdleWatch } from "./idle-watch.ts";
import { openSpendingWatch } from "./spending-watch.ts";
import { untilPossible } from "./shortage.ts";
import { endLeftovers, stopAgent } from "./stop-agent.ts";
import type { Supervised } from "./supervisor.ts";
import type { Sweeper } from "./sweeper.ts";
import type { Ticker } from "./ticker.ts";

/** An agent that runs or has ended, its log files (which are closed at the end), and what is needed to follow it. */
interface FollowedAgent {
  program: AgentProgram;
  request: StageRequest;
  control: DispatchControl;
  agent: Supervised;
  files: LogFiles;
  /** Where an earlier engine had got to in each log file, in bytes. */
  from: LogSink["offsets"];
  sweeper: Sweeper;
  ticker: Ticker;
}

/** Waits for the agent's end, or brings it about. Null when the agent is gone and its exit status is unknown. */
export async function followAgent(followed: FollowedAgent): Promise<StageResult | null> {
  const { program, request, control, agent, files, from, sweeper, ticker } = followed;
  const { attempt_id, idle_timeout_ms: idleMs } = request;
  const { masks } = control;
  const reader = program.openReader(masks, request);
  const logs = openLogs({ files, sink: control.log, reader, from });
  const watch = idleMs === null ? null : openIdleWatch(idleMs, logs, agent);
  const broken = Promise.withResolvers<never>();
  const conversation = openTalk(request, control, reader);
  const spending = openSpendingWatch(reader, control, () => program.readLeft({ request, reader, masks }));
  const read = (): number => {
    const count = (watch ?? logs).read();
    spending?.look();
    if (conversation?.goOn(count === 0)) watch?.rest();
    return count;
  };
  const unfollow = ticker.follow(read, broken.reject);
  const reasons = [watch, reader.givesUp].filter((each) => each !== null && each !== undefined);
  const stop =
    reasons.length === 0
      ? control.signal
      : AbortSignal.any([control.signal, ...reasons.map(({ signal }) => signal)]);
  try {
    const overdue = conversation?.overdue;
    const stopOrOverdue = overdue ? AbortSignal.any([stop, overdue]) : stop;
    const isStopped = await Promise.race([endOrAbort(agent.ended, stopOrOverdue), broken.promise]);
    // An agent that has given its result and does not end is stopped, but it has not failed.
    const isAborted = isStopped && stop.aborted;
    if (isAborted) await conversation?.interrupt(agent.ended);
    if (isStopped) await stopAgent(agent, attempt_id, sweeper);
    else await endLeftovers(agent, attempt_id, sweeper);
    unfollow();
    await logs.finish();
    if (isAborted) {
      const reason = control.signal.aborted ? null : reasons.find(({ signal }) => signal.aborted);
      const error = reason?.error ?? stopped;
      return {
        ...failedResult(error),
        ...program.readLeft({ request, reader, masks }),
        warnings: [...reader.warnings],
      };
    }
    const status = (await agent.ended) ?? (isStopped ? 0 : null);
    if (status === null) return null;
    const result = await untilPossible(() => program.readResult({ request, reader, masks, status }));
    return conversation?.isOver === false ? { ...result, endedEarly: true } : result;
  } finally {
    unfollow();
    logs.close();
    reader.close?.();
    conversation?.close();
  }
}

function openTalk(
  request: StageRequest,
  { permissions: desk, log }: DispatchControl,
  { talk }: OutputReader,
): Conversation | null {
  return talk && isTwoWay(request.attempt_dir) ? openConversation(request, { talk, desk, log }) : null;
}

/** True when the stop was asked for before the end. An agent that ended before it was adopted counts as ended. */
function endOrAbort(ended: Promise<unknown>, signal: AbortSignal): Promise<boolean> {
  if (signal.aborted) return Promise.race([ended.then(() => false), nextTurn().then(() => true)]);
  return new Promise((resolve, reject) => {
    const onAbort = (): void => resolve(true);
    signal.addEventListener("abort", onAbort, { once: true });
    ended.then(() => {
      signal.removeEventListener("abort", onAbort);
      resolve(false);
    }, reject);
  });
}

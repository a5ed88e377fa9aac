import type { DispatchControl, StageDispatcher, StageRequest, StageResult } from "../dispatch/dispatcher.ts";
import type { Dispatchers } from "../dispatch/dispatchers.ts";

/** One attempt that an engine has asked for and that the test ends. */
export interface AskedAttempt {
  request: StageRequest;
  control: DispatchControl;
  how: "dispatch" | "readopt";
  /** Null: the agent ended without a result. `unbegun`: the agent never began. */
  finish(result: FakeResult): void;
}

/**
 * Makes a test's agents. `answer` returns an attempt's result; undefined leaves the attempt running for the test to
 * end.
 */
export interface FakeAgents {
  dispatchers: Dispatchers;
  /** Every attempt so far, in the order of the requests: `stage/attempt`. */
  asked: string[];
  /** The sessions that attempts leave, by the attempts' ids. */
  sessions: Map<string, string>;
  /** Those whose files are gone. */
  swept: string[];
  /** Sweeps of processes last until it is over. */
  sweeping: Promise<void>;
  /** The requests that the last agent was answered, as its files tell; null: they are gone. */
  answered: string[] | null;
  /** The last attempts among these: no other attempt of their stage follows. */
  sweptLast: string[];
  /** Waits for a running attempt of a stage and returns it. */
  running(stageId: string): Promise<AskedAttempt>;
}

type FakeResult = Partial<StageResult> | "unbegun" | null;

export type Answer = (request: StageRequest, how: AskedAttempt["how"]) => FakeResult | undefined;

/** `livedMs`: the age of an agent that an earlier engine has started. */
export function fakeAgents(
  answer: Answer = () => undefined,
  livedMs: () => number | null = () => null,
): FakeAgents {
  const open = new Map<string, AskedAttempt>();
  const waiting = new Map<string, (attempt: AskedAttempt) => void>();
  const asked: string[] = [];
  const sessions = new Map<string, string>();
  const swept: string[] = [];
  const sweptLast: string[] = [];
  const take = (how: AskedAttempt["how"]) => (request: StageRequest, control: DispatchControl) => {
    asked.push(`${how === "readopt" ? "readopt " : ""}${request.stage_id}/${request.attempt}`);
    if (control.signal.aborted) return Promise.resolve(resultOf({ ok: false, error: stopped }));
    const given = answer(request, how);
    if (given !== undefined) return Promise.resolve(resultOf(given));
    return new Promise<StageResult | "gone" | "unbegun">((resolve) => {
      const finish = (result: FakeResult): void => {
        open.delete(request.stage_id);
        resolve(resultOf(result));
      };
      control.signal.addEventListener("abort", () => finish({ ok: false, error: stopped }));
      const attempt = { request, control, how, finish };
      open.set(request.stage_id, attempt);
      waiting.get(request.stage_id)?.(attempt);
    });
  };
  const dispatcher: StageDispatcher = {
    name: "fake",
    dispatch: take("dispatch") as StageDispatcher["dispatch"],
    readopt: take("readopt"),
    livedMs,
    sessionLeft: ({ attempt_id }) => Promise.resolve(sessions.get(attempt_id) ?? null),
    answered: () => agents.answered,
    sweep: ({ attempt_id }, what = "attempt") => {
      if (what !== "processes") swept.push(attempt_id);
      if (what === "stage") sweptLast.push(attempt_id);
      return what === "processes" ? agents.sweeping : Promise.resolve();
    },
  };
  const agents: FakeAgents = {
    dispatchers: () => dispatcher,
    asked,
    sessions,
    swept,
    sweeping: Promise.resolve(),
    sweptLast,
    answered: [],
    running: (stageId) => {
      const found = open.get(stageId);
      if (found) return Promise.resolve(found);
      return new Promise((resolve) => waiting.set(stageId, resolve));
    },
  };
  return agents;
}

const stopped = { class: "cancelled", message: "stopped" };

function resultOf(given: FakeResult): StageResult | "gone" | "unbegun" {
  if (given === null) return "gone";
  return given === "unbegun" ? given : { ok: true, warnings: [], ...given };
}

import { assign, setup } from "xstate";
import type { ExecutionEvent, StageEvent } from "../execution/event.ts";
import type { ExecutionStatus, PauseReason } from "../execution/status.ts";
import type { Budget } from "../workflow/effective.ts";

export type ExecutionMachineEvent =
  | { type: "START"; total: number }
  | { type: "PAUSE"; isBusy: boolean; pauseReason: PauseReason }
  /** `budget`: the one that holds from now on; null: it stays as it is. */
  | { type: "RESUME"; budget: Budget | null }
  /** `stops`: running steps are stopped as well. */
  | { type: "HALT"; message: string; stops: boolean }
  | { type: "CANCEL"; reason: string | null }
  /** None of its steps runs any more. */
  | { type: "QUIET" }
  /** Every step has settled. */
  | { type: "DONE"; hadFailures: boolean }
  /** The clock of `config.timeout` runs from `atMs` of the watched clock on, or stands still. */
  | { type: "CLOCK"; runs: boolean; atMs: number }
  /** A later engine goes on counting: `spentMs` had passed at `sinceMs` of its own watched clock. */
  | { type: "COUNT_ON"; spentMs: number; sinceMs: number };

export interface ExecutionContext {
  /** Why the execution will fail, once that is certain, or why it is cancelled. */
  message: string | null;
  /** True: running steps are stopped, and not waited for. */
  stops: boolean;
  /** What counts against `config.timeout`: spent so far, and since when (watched clock; null: it stands still). */
  spentMs: number;
  sinceMs: number | null;
  /** Why it pauses; absent in states of earlier versions, in which only people could want it. */
  pauseReason?: PauseReason;
}

/** What the machine says has happened. */
export type ExecutionEffect = Exclude<ExecutionEvent, StageEvent>;

/**
 * The state of one execution. In `pausing`, `halting` and `cancelling` it still runs but starts nothing new. The
 * machine is pure: the orchestration knows the steps and how they stand, and says so with the events.
 */
export const executionMachine = setup({
  types: {
    context: {} as ExecutionContext,
    events: {} as ExecutionMachineEvent,
  },
  actions: {
    record: (_given, _effect: ExecutionEffect) => {},
    keepMessage: assign({
      message: ({ context, event }) =>
        event.type === "HALT" ? event.message : event.type === "CANCEL" ? event.reason : context.message,
      stops: ({ context, event }) =>
        event.type === "CANCEL" || (event.type === "HALT" ? event.stops : context.stops),
    }),
    keepReason: assign({
      pauseReason: ({ context, event }) => (event.type === "PAUSE" ? event.pauseReason : context.pauseReason),
    }),
    setClock: assign(({ context, event }) => {
      if (event.type !== "CLOCK") return {};
      const spentMs =
        context.spentMs + (context.sinceMs === null ? 0 : Math.max(0, event.atMs - context.sinceMs));
      return { spentMs, sinceMs: event.runs ? event.atMs : null };
    }),
  },
  guards: {
    isForBudget: ({ event }) => event.type === "PAUSE" && event.pauseReason === "budget",
    changesBudget: ({ event }) => event.type === "RESUME" && event.budget !== null,
    isBusy: ({ event }) => event.type === "PAUSE" && event.isBusy,
    stops: ({ event }) => event.type === "HALT" && event.stops,
  },
}).createMachine({
  id: "execution",
  context: { message: null, stops: false, spentMs: 0, sinceMs: null },
  initial: "pending",
  on: {
    CLOCK: { actions: "setClock" },
    COUNT_ON: {
      actions: assign(({ event: { spentMs, sinceMs } }) => ({ spentMs, sinceMs })),
    },
  },
  states: {
    pending: {
      on: {
        START: { target: "running", actions: { type: "record", params: recordStart } },
        CANCEL: { target: "cancelling", actions: "keepMessage" },
      },
    },
    running: {
      on: {
        PAUSE: [
          { guard: "isBusy", target: "pausing", actions: "keepReason" },
          { target: "paused", actions: ["keepReason", { type: "record", params: recordPause }] },
        ],
        HALT: { target: "halting", actions: "keepMessage" },
        CANCEL: { target: "cancelling", actions: "keepMessage" },
        DONE: { target: "completed", actions: { type: "record", params: recordCompletion } },
      },
    },
    pausing: {
      on: {
        // Running steps are stopped now, which a person did not want.
        PAUSE: { guard: "isForBudget", actions: "keepReason" },
        RESUME: [
          {
            guard: "changesBudget",
            target: "running",
            actions: { type: "record", params: recordResumption },
          },
          { target: "running" },
        ],
        HALT: { target: "halting", actions: "keepMessage" },
        CANCEL: { target: "cancelling", actions: "keepMessage" },
        QUIET: { target: "paused", actions: { type: "record", params: recordPause } },
        DONE: { target: "completed", actions: { type: "record", params: recordCompletion } },
      },
    },
    paused: {
      on: {
        RESUME: { target: "running", actions: { type: "record", params: recordResumption } },
        HALT: { target: "halting", actions: "keepMessage" },
        CANCEL: { target: "cancelling", actions: "keepMessage" },
        DONE: { target: "completed", actions: { type: "record", params: recordCompletion } },
      },
    },
    halting: {
      on: {
        // The timeout makes a failing execution worse: steps that were allowed to finish are stopped then.
        HALT: { guard: "stops", actions: "keepMessage" },
        CANCEL: { target: "cancelling", actions: "keepMessage" },
        QUIET: { target: "failed", actions: { type: "record", params: recordEnd("failed") } },
      },
    },
    cancelling: {
      on: { QUIET: { target: "cancelled", actions: { type: "record", params: recordEnd("cancelled") } } },
    },
    completed: { type: "final" },
    failed: { type: "final" },
    cancelled: { type: "final" },
  },
});

interface ExecutionArguments<E extends ExecutionMachineEvent["type"]> {
  context: ExecutionContext;
  event: Extract<ExecutionMachineEvent, { type: E }>;
}

function recordStart({ event }: ExecutionArguments<"START">): ExecutionEffect {
  return { type: "execution_started", data: { total: event.total } };
}

function recordPause({ context }: ExecutionArguments<"PAUSE" | "QUIET">): ExecutionEffect {
  return { type: "execution_paused", data: { reason: context.pauseReason ?? "user" } };
}

function recordResumption({ event }: ExecutionArguments<"RESUME">): ExecutionEffect {
  return { type: "execution_resumed", data: event.budget === null ? {} : { budget: event.budget } };
}

function recordCompletion({ event }: ExecutionArguments<"DONE">): ExecutionEffect {
  const data = { status: "completed" as const, had_failures: event.hadFailures, error_message: null };
  return { type: "execution_completed", data };
}

function recordEnd(status: Extract<ExecutionStatus, "failed" | "cancelled">) {
  return ({ context }: ExecutionArguments<"QUIET">): ExecutionEffect => ({
    type: "execution_completed",
    data: { status, had_failures: status === "failed", error_message: context.message },
  });
}

import { assign, setup } from "xstate";
import { sessionAfter, type AgentSession, type EarlierSession } from "../execution/agent-session.ts";
import type { StageEvent, StageStarted } from "../execution/event.ts";
import type { HandedIn } from "../execution/handed-in.ts";
import { mayRetry, retryDelayMs, type Failure } from "../execution/retry.ts";
import type { PermissionAsked } from "../execution/permission.ts";
import type { SkipCause, Usage } from "../execution/record.ts";
import type { ValueObject } from "../expression/value.ts";
import type { EffectiveRetry } from "../workflow/effective.ts";
import { recordAsked, recordDecided } from "./record-permission.ts";
import {
  addAnswer,
  addRequest,
  carryOn,
  forgetAttempt,
  isKnown,
  permissionsOf,
  type PermissionSettled,
  type PermissionState,
} from "./permission-state.ts";

type DataOf<T extends StageEvent["type"]> = Extract<StageEvent, { type: T }>["data"];

/** A failed attempt, with everything that decides what follows, so that the machine needs nothing else. */
export interface FailedAttempt {
  type: "FAILED";
  status: "failed" | "timed_out";
  failure: Failure;
  handed_in: HandedIn | null;
  usage: Usage | null;
  /** What its agent has left; absent where that is not known. */
  session?: AgentSession | null;
  policy: EffectiveRetry;
  /** False while nothing new may start: then a failure is final. */
  mayStart: boolean;
  atMs: number;
  /** `execution/stage`; together with the attempt it seeds the jitter. */
  seed: string;
}

/** The agent of a running attempt is gone without a result. */
interface Interrupted {
  type: "INTERRUPTED";
  facts: Omit<StageStarted, "recovered">;
  policy: EffectiveRetry;
  mayStart: boolean;
  /** Present when it had asked people: the requests whose answers it was told. Then it goes on in any case. */
  told?: readonly string[];
}

export type StageMachineEvent =
  | { type: "START"; facts: Omit<StageStarted, "recovered"> }
  | { type: "SUCCEEDED"; data: DataOf<"stage_completed"> }
  | FailedAttempt
  | { type: "REFUSED"; failure: Failure }
  | { type: "SKIP"; reason: string; cause: SkipCause; outputs: ValueObject; blocks: boolean }
  | Interrupted
  | { type: "ASK"; request: PermissionAsked; fingerprint: string; leftMs: number }
  | PermissionSettled
  /** Stopped before its end, to go on as the same attempt later. */
  | { type: "SUSPENDED"; failure: Failure; usage: Usage | null; at: string }
  | { type: "CANCEL"; failure: Failure; usage: Usage | null }
  | { type: "END" };

export interface StageContext {
  /** 0 before the first. */
  attempt: number;
  /** True for a step that was skipped because of the stages before it: the stages after it are skipped as well. */
  blocks: boolean;
  /** Absent until its agent asks for the first permission. */
  permissions?: PermissionState;
  /** True while its attempt waits to go on; absent in states of earlier versions. */
  isSuspended?: boolean;
  /** With which its next attempt begins, or a rerun of it; absent: it begins anew. */
  session?: EarlierSession | null;
}

/** What the machine says has happened; whoever runs it adds the stage. */
export type StageEffect = Pick<StageEvent, "type" | "data"> & { attempt: number };

/** The state of one agent step. Pure: time, policy and results come with the events. */
export const stageMachine = setup({
  types: {
    context: {} as StageContext,
    events: {} as StageMachineEvent,
  },
  actions: {
    // The effect is in the parameters; the machine itself does nothing.
    record: (_given, _effect: StageEffect) => {},
    countAttempt: assign({ attempt: ({ context }) => context.attempt + 1 }),
    forgetRequests: assign(({ context }) =>
      context.permissions ? { permissions: forgetAttempt(context.permissions) } : {},
    ),
    carryAnswers: assign(({ context, event }) => {
      const told = event.type === "INTERRUPTED" ? event.told : undefined;
      return told === undefined ? {} : { permissions: carryOn(permissionsOf(context), told) };
    }),
    suspend: assign({ isSuspended: true }),
    goOn: assign({ isSuspended: false }),
    keepSession: assign(({ event }) =>
      event.type === "FAILED" ? { session: sessionAfter(event.session ?? null, event.failure.class) } : {},
    ),
    // What was stopped because it took too much would do so once more.
    keepSessionToCorrect: assign(({ event }) => {
      if (event.type !== "FAILED") return {};
      const session = sessionAfter(event.session ?? null, event.failure.class);
      return { session: session?.end === "output_contract" ? session : null };
    }),
  },
  guards: {
    isRetried: ({ context, event }) =>
      event.type === "FAILED" && event.mayStart && mayRetry(event.policy, context.attempt, event.failure),
    isNewRequest: ({ context, event }) =>
      event.type === "ASK" && !isKnown(permissionsOf(context), event.request.request_id),
    isOpenRequest: ({ context, event }) =>
      event.type === "DECIDE" && permissionsOf(context).open.some(({ id }) => id === event.request_id),
    isSuspended: ({ context }) => context.isSuspended === true,
    isTimeout: ({ event }) => event.type === "FAILED" && event.status === "timed_out",
    wasTold: ({ event }) => event.type === "INTERRUPTED" && event.told !== undefined,
    endsInterrupted: ({ event }) =>
      event.type === "INTERRUPTED" &&
      (!event.mayStart || event.policy.non_retryable_errors.includes("interrupted")),
  },
}).createMachine({
  id: "stage",
  context: { attempt: 0, blocks: false },
  initial: "pending",
  states: {
    pending: {
      on: {
        START: { target: "running", actions: ["countAttempt", { type: "record", params: recordStart }] },
        SKIP: {
          target: "skipped",
          actions: [assign({ blocks: ({ event }) => event.blocks }), { type: "record", params: recordSkip }],
        },
        REFUSED: { target: "failed", actions: { type: "record", params: recordRefusal } },
        END: "cancelled",
      },
    },
    running: {
      on: {
        SUCCEEDED: { target: "completed", actions: { type: "record", params: recordSuccess } },
        FAILED: [
          {
            guard: "isRetried",
            target: "retry_wait",
            actions: ["keepSessionToCorrect", { type: "record", params: recordRetry }],
          },
          {
            guard: "isTimeout",
            target: "timed_out",
            actions: ["keepSession", { type: "record", params: recordFailure }],
          },
          { target: "failed", actions: ["keepSession", { type: "record", params: recordFailure }] },
        ],
        INTERRUPTED: [
          { guard: "wasTold", actions: ["carryAnswers", { type: "record", params: recordStart }] },
          {
            guard: "endsInterrupted",
            target: "failed",
            actions: { type: "record", params: recordInterruption },
          },
          { actions: ["forgetRequests", { type: "record", params: recordStart }] },
        ],
        ASK: {
          guard: "isNewRequest",
          actions: [
            assign({ permissions: ({ context, event }) => addRequest(permissionsOf(context), event) }),
            { type: "record", params: recordAsked },
          ],
        },
        DECIDE: {
          guard: "isOpenRequest",
          // The record tells of the tool, which is known only while the request is open.
          actions: [
            { type: "record", params: recordDecided },
            assign({ permissions: ({ context, event }) => addAnswer(permissionsOf(context), event) }),
          ],
        },
        SUSPENDED: {
          target: "retry_wait",
          actions: ["suspend", { type: "record", params: recordSuspension }],
        },
        CANCEL: { target: "cancelled", actions: { type: "record", params: recordCancel } },
      },
    },
    retry_wait: {
      on: {
        START: [
          {
            guard: "isSuspended",
            target: "running",
            actions: ["forgetRequests", { type: "record", params: recordStart }, "goOn"],
          },
          {
            target: "running",
            actions: ["countAttempt", "forgetRequests", { type: "record", params: recordStart }],
          },
        ],
        CANCEL: { target: "cancelled", actions: { type: "record", params: recordCancel } },
      },
    },
    completed: { type: "final" },
    failed: { type: "final" },
    timed_out: { type: "final" },
    cancelled: { type: "final" },
    skipped: { type: "final" },
  },
});

interface StageArguments<E extends StageMachineEvent["type"]> {
  context: StageContext;
  event: Extract<StageMachineEvent, { type: E }>;
}

function recordStart({ context, event }: StageArguments<"START" | "INTERRUPTED">): StageEffect {
  const recovered = event.type === "INTERRUPTED" || context.isSuspended === true;
  const data = { ...event.facts, recovered };
  return { type: "stage_started", attempt: context.attempt, data };
}

function recordSuccess({ context, event }: StageArguments<"SUCCEEDED">): StageEffect {
  return { type: "stage_completed", attempt: context.attempt, data: event.data };
}

function recordFailure({ context, event }: StageArguments<"FAILED">): StageEffect {
  const { status, failure, handed_in, usage } = event;
  const data = { status, ...errorFields(failure), ...handedInField(handed_in), usage };
  return { type: "stage_failed", attempt: context.attempt, data };
}

function recordRetry({ context, event }: StageArguments<"FAILED">): StageEffect {
  const { status, failure, handed_in, usage, policy, atMs, seed } = event;
  const delayMs = retryDelayMs(policy, context.attempt, `${seed}/${context.attempt}`, failure);
  const due_at = new Date(atMs + delayMs).toISOString();
  return {
    type: "stage_retrying",
    attempt: context.attempt,
    data: { status, ...errorFields(failure), ...handedInField(handed_in), usage, due_at },
  };
}

/** It may go on at once, as soon as the execution does. */
function recordSuspension({ context, event }: StageArguments<"SUSPENDED">): StageEffect {
  const { failure, usage, at } = event;
  return {
    type: "stage_retrying",
    attempt: context.attempt,
    data: { status: "failed", ...errorFields(failure), usage, due_at: at },
  };
}

function recordRefusal({ event }: StageArguments<"REFUSED">): StageEffect {
  return {
    type: "stage_failed",
    attempt: 1,
    data: { status: "failed", ...errorFields(event.failure), usage: null },
  };
}

function recordInterruption({ context }: StageArguments<"INTERRUPTED">): StageEffect {
  const data = {
    status: "failed" as const,
    error_class: "interrupted",
    error_message: "the agent was gone without a result after its engine had stopped",
    usage: null,
  };
  return { type: "stage_failed", attempt: context.attempt, data };
}

function recordSkip({ event }: StageArguments<"SKIP">): StageEffect {
  const { reason, cause, outputs } = event;
  return { type: "stage_skipped", attempt: 1, data: { reason, cause, outputs } };
}

function recordCancel({ context, event }: StageArguments<"CANCEL">): StageEffect {
  const { failure, usage } = event;
  return {
    type: "stage_failed",
    attempt: context.attempt,
    data: { status: "cancelled", ...errorFields(failure), usage },
  };
}

function errorFields({ class: error_class, message: error_message, findings }: Failure) {
  return { error_class, error_message, ...(findings ? { findings } : {}) };
}

function handedInField(handed_in: HandedIn | null): { handed_in?: HandedIn } {
  return handed_in === null ? {} : { handed_in };
}

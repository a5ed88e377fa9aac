import { assign, setup } from "xstate";
import type { GateWaiting, StageEvent } from "../execution/event.ts";
import type { SkipCause } from "../execution/record.ts";
import type { Failure } from "../execution/retry.ts";
import type { ValueObject } from "../expression/value.ts";
import type { StageContext } from "./stage-machine.ts";

type GateRecorded = GateWaiting;

export type GateMachineEvent =
  | { type: "OPEN"; facts: GateRecorded }
  | { type: "APPROVE"; actor: string; comment: string | null }
  | { type: "REJECT"; actor: string; comment: string | null }
  | { type: "DEADLINE"; onTimeout: "halt" | "auto_approve" | "reject" }
  | { type: "REFUSED"; failure: Failure }
  | { type: "SKIP"; reason: string; cause: SkipCause; outputs: ValueObject; blocks: boolean }
  | { type: "CANCEL"; failure: Failure }
  | { type: "END" };

/** What the machine says has happened; whoever runs it adds the stage. */
export type GateEffect = Pick<StageEvent, "type" | "data"> & { attempt: null };

/** Who is named when a deadline decides. */
const deadlineActor = "timeout";

/** The state of one gate. Pure: who may decide is asked before; the deadline comes as an event. */
export const gateMachine = setup({
  types: {
    context: {} as StageContext,
    events: {} as GateMachineEvent,
  },
  actions: {
    record: (_given, _effect: GateEffect) => {},
  },
  guards: {
    approvesItself: ({ event }) => event.type === "DEADLINE" && event.onTimeout === "auto_approve",
  },
}).createMachine({
  id: "gate",
  context: { attempt: 0, blocks: false },
  initial: "pending",
  states: {
    pending: {
      on: {
        OPEN: { target: "waiting_for_approval", actions: { type: "record", params: recordWaiting } },
        SKIP: {
          target: "skipped",
          actions: [assign({ blocks: ({ event }) => event.blocks }), { type: "record", params: recordSkip }],
        },
        REFUSED: { target: "failed", actions: { type: "record", params: recordRefusal } },
        END: "cancelled",
      },
    },
    waiting_for_approval: {
      on: {
        APPROVE: { target: "completed", actions: { type: "record", params: recordDecision } },
        REJECT: { target: "failed", actions: { type: "record", params: recordDecision } },
        DEADLINE: [
          {
            guard: "approvesItself",
            target: "completed",
            actions: { type: "record", params: recordTimeout },
          },
          { target: "failed", actions: { type: "record", params: recordTimeout } },
        ],
        CANCEL: { target: "cancelled", actions: { type: "record", params: recordCancel } },
      },
    },
    completed: { type: "final" },
    failed: { type: "final" },
    cancelled: { type: "final" },
    skipped: { type: "final" },
  },
});

interface GateArguments<E extends GateMachineEvent["type"]> {
  event: Extract<GateMachineEvent, { type: E }>;
}

function recordWaiting({ event }: GateArguments<"OPEN">): GateEffect {
  return { type: "gate_waiting", attempt: null, data: event.facts };
}

function recordDecision({ event }: GateArguments<"APPROVE" | "REJECT">): GateEffect {
  const { actor, comment } = event;
  const isApproved = event.type === "APPROVE";
  return {
    type: "gate_resolved",
    attempt: null,
    data: {
      decision: isApproved ? "approved" : "rejected",
      status: isApproved ? "completed" : "failed",
      error_class: isApproved ? null : "rejected",
      actor,
      comment,
    },
  };
}

function recordTimeout({ event }: GateArguments<"DEADLINE">): GateEffect {
  const isApproved = event.onTimeout === "auto_approve";
  return {
    type: "gate_resolved",
    attempt: null,
    data: {
      decision: isApproved ? "approved" : event.onTimeout === "reject" ? "rejected" : "timed_out",
      status: isApproved ? "completed" : "failed",
      error_class: isApproved ? null : event.onTimeout === "reject" ? "rejected" : "timeout",
      actor: deadlineActor,
      comment: null,
    },
  };
}

function recordRefusal({ event }: GateArguments<"REFUSED">): GateEffect {
  const { class: error_class, message: error_message } = event.failure;
  return {
    type: "stage_failed",
    attempt: null,
    data: { status: "failed", error_class, error_message, usage: null },
  };
}

function recordSkip({ event }: GateArguments<"SKIP">): GateEffect {
  const { reason, cause, outputs } = event;
  return { type: "stage_skipped", attempt: null, data: { reason, cause, outputs } };
}

function recordCancel({ event }: GateArguments<"CANCEL">): GateEffect {
  const { class: error_class, message: error_message } = event.failure;
  return {
    type: "stage_failed",
    attempt: null,
    data: { status: "cancelled", error_class, error_message, usage: null },
  };
}

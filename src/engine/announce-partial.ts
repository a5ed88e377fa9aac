import type { TextPiece } from "../dispatch/dispatcher.ts";
import type { Masks } from "../execution/masks.ts";
import { readTranscriptEvent } from "../execution/read-transcript.ts";
import type { EngineState } from "./engine-state.ts";
import { planFlushSoon } from "./flush-plan.ts";
import type { LiveExecution, LiveStep } from "./live-execution.ts";

/** Ten a second. */
const shortestMs = 100;
/** A longer message is told when it is whole. */
const mostCharacters = 64 * 1024;

/** Announces the message that the agent of an attempt is writing. */
export interface PartialAnnouncer {
  add(piece: TextPiece): void;
  /** Takes each event of the transcript before it is stored. */
  hear(text: string): void;
  /** The attempt is over. */
  end(): void;
}

interface OpenMessage {
  message: string;
  raw: string;
  /** What of it was announced. */
  told: string;
  /** True: no more of it is announced. */
  isLeft: boolean;
}

export function openPartialAnnouncer(
  engine: EngineState,
  execution: LiveExecution,
  step: LiveStep,
): PartialAnnouncer {
  const { stage_id, attempt_number: attempt } = step.record;
  let open: OpenMessage | null = null;
  let toldAtMs = Number.NEGATIVE_INFINITY;
  let cancel: (() => void) | null = null;
  /** Messages whose commit is to come: what follows them must not be announced before them. */
  let unstored = 0;
  let isShown = false;

  const announce = (message: string | null, text: string): void => {
    isShown = message !== null;
    for (const listener of engine.partialListeners)
      listener({ run_id: execution.runId, stage_id, attempt, message, text });
  };
  const tell = (): void => {
    cancel = null;
    if (open === null || open.isLeft || unstored > 0) return;
    toldAtMs = engine.scheduler.elapsedMs();
    const text = nextText(open, execution.masks);
    if (text !== "") announce(open.message, text);
  };
  const plan = (): void => {
    if (cancel !== null || unstored > 0 || engine.partialListeners.size === 0) return;
    const waitMs = toldAtMs + shortestMs - engine.scheduler.elapsedMs();
    cancel = engine.scheduler.after(Math.max(0, waitMs), tell);
  };
  const stored = (): void => {
    unstored--;
    if (unstored > 0) return;
    if (isShown) announce(null, "");
    if (open !== null) plan();
  };
  return {
    add: ({ message, text }) => {
      if (open?.message !== message) open = { message, raw: "", told: "", isLeft: false };
      if (open.isLeft) return;
      open.raw += text;
      open.isLeft = open.raw.length > mostCharacters;
      plan();
    },
    hear: (text) => {
      if (open === null && !isShown) return;
      const event = readTranscriptEvent(text);
      if (event?.kind !== "message" || event.parent !== undefined) return;
      open = null;
      unstored++;
      execution.changes.waiting.push({ done: stored, fail: stored });
      planFlushSoon(engine, execution);
    },
    end: () => {
      cancel?.();
      open = null;
      if (isShown && unstored === 0) announce(null, "");
    },
  };
}

/** What can be told of a message by now and was not. */
function nextText(open: OpenMessage, masks: Masks): string {
  const sure = sureText(open.raw, masks);
  const { told } = open;
  // What was told has turned out to be the beginning of a secret.
  open.isLeft = !sure.startsWith(told);
  if (open.isLeft || sure.length <= told.length) return "";
  open.told = sure;
  return sure.slice(told.length);
}

/**
 * What of a text that goes on can be shown: its end may be the beginning of a secret. No character of what was shown
 * changes as the text grows, unless a secret is known only as a whole.
 */
function sureText(raw: string, masks: Masks): string {
  const hidden = masks.hide(raw);
  return hidden.slice(0, Math.max(0, hidden.length - masks.reach)).replace(/[\uD800-\uDBFF]$/, "");
}

import type { Engine } from "../../engine/engine.ts";
import type { TextDelta } from "../../execution/partial-message.ts";

/** The messages that the agents of this process are writing, each as far as it was announced. */
export interface PartialMessages {
  /** Of one run; each text is the whole of what is known of its message. */
  of(runId: string): readonly TextDelta[];
  close(): void;
}

/** `changed` is called with the run. */
export function createPartialMessages(
  engine: Pick<Engine, "followPartials">,
  changed: (runId: string) => void,
): PartialMessages {
  const partials = new Map<string, Map<string, TextDelta>>();
  const close = engine.followPartials(({ run_id, stage_id, attempt, message, text }) => {
    const ofRun = partials.get(run_id) ?? new Map<string, TextDelta>();
    const before = ofRun.get(stage_id);
    if (message === null) ofRun.delete(stage_id);
    else {
      const known = before?.message === message && before.attempt === attempt ? before.text : "";
      ofRun.set(stage_id, { stage_id, attempt, message, text: known + text });
    }
    if (ofRun.size === 0) partials.delete(run_id);
    else partials.set(run_id, ofRun);
    changed(run_id);
  });
  return { of: (runId) => [...(partials.get(runId)?.values() ?? [])], close };
}

/** What one reader has of the messages that are being written. */
export interface PartialReader {
  /** What it has not got yet: of a message that it comes upon in the middle, all that is known. */
  next(partials: readonly TextDelta[]): TextDelta[];
}

export function openPartialReader(): PartialReader {
  let known: ReadonlyMap<string, TextDelta> = new Map();
  return {
    next: (partials) => {
      const deltas = partials.flatMap((partial) => {
        const before = known.get(partial.stage_id);
        const goesOn = before?.message === partial.message && before.attempt === partial.attempt;
        const text = goesOn ? partial.text.slice(before.text.length) : partial.text;
        return text === "" ? [] : [{ ...partial, text }];
      });
      known = new Map(partials.map((partial) => [partial.stage_id, partial]));
      return deltas;
    },
  };
}

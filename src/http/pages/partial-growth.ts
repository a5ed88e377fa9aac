import { PartialText, PartialMessagePart } from "../../../views/executions/transcript.tsx";
import type { Html } from "../../../views/jsx/jsx-runtime.ts";
import type { TextDelta } from "../../execution/partial-message.ts";
import type { PageGrowth } from "./page-growth.ts";

/** Brings a page of a transcript what its agent is writing. */
export function openPartialGrowth(partialOf: (stageId: string) => TextDelta | null): {
  parts(growth: PageGrowth | null): Html[];
} {
  let shown: TextDelta | null = null;
  return {
    parts(growth) {
      const before = shown;
      shown = shownPartial(growth, partialOf);
      if (shown === null) return before === null ? [] : [PartialMessagePart.update({ text: null })];
      if (before?.message !== shown.message || before.attempt !== shown.attempt)
        return [PartialMessagePart.update({ text: shown.text })];
      const text = shown.text.slice(before.text.length);
      return text === "" ? [] : [PartialText.update({ text })];
    },
  };
}

/** A search shows what is found, and nothing that may never be. */
function shownPartial(
  growth: PageGrowth | null,
  partialOf: (stageId: string) => TextDelta | null,
): TextDelta | null {
  if (growth?.kind !== "transcript" || growth.search !== "") return null;
  const partial = partialOf(growth.stage);
  return partial?.attempt === growth.attempt ? partial : null;
}

import type { EffectiveStage } from "../workflow/effective.ts";
import type { StepRecord } from "./record.ts";

/** What one stage hands to the stages after it, as a text for their prompts. */
export interface Handoff {
  stage_id: string;
  stage_name: string;
  text: string;
}

/** `log`: the end of the step's log, where the stage hands it on; else null. */
export function handoffOf({ handoff, name }: EffectiveStage, step: StepRecord, log: string | null): Handoff {
  const parts = [body(handoff.format, step)];
  if (step.handoff_summary !== null && handoff.format !== "structured") {
    parts.unshift(`Summary:\n\n${step.handoff_summary}`);
  }
  if (log !== null) parts.push(`Log:\n\n${putInFence(log, "text")}`);
  return {
    stage_id: step.stage_id,
    stage_name: name,
    text: parts.filter((part) => part !== "").join("\n\n"),
  };
}

function body(format: EffectiveStage["handoff"]["format"], step: StepRecord): string {
  const outputs = step.outputs ?? {};
  switch (format) {
    case "structured": {
      const summary = step.handoff_summary === null ? {} : { summary: step.handoff_summary };
      return putInFence(JSON.stringify({ status: step.status, ...summary, outputs }, null, 2), "json");
    }
    case "markdown":
      return Object.entries(outputs)
        .map(
          ([name, value]) =>
            `### ${name}\n\n${typeof value === "string" ? value : putInFence(JSON.stringify(value, null, 2), "json")}`,
        )
        .join("\n\n");
    case "raw":
      return step.text ?? "";
    default:
      return format satisfies never;
  }
}

/** The fence is longer than any in the text, so that the text cannot end its own quotation. */
function putInFence(text: string, language: string): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([ticks]) => ticks.length));
  const fence = "`".repeat(longest + 1);
  return `${fence}${language}\n${text}\n${fence}`;
}

import type { ExecutionRecord } from "../../src/execution/record.ts";
import { mask } from "../../src/workflow/secret-name.ts";

const longest = 48;

/** What a run is about: the first of its parameters that is a short text; null when none is. */
export function subjectParameter({ parameters }: Pick<ExecutionRecord, "parameters">): string | null {
  const first = Object.values(parameters).find(
    (value) => typeof value === "string" && value !== "" && value !== mask,
  );
  return typeof first === "string" && first.length <= longest ? first : null;
}

import { shortId } from "../../src/execution/short-id.ts";

/** A run as pages name it. */
export function executionName(runId: string): string {
  return `#${shortId(runId)}`;
}

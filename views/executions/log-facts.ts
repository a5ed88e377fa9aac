import { hasEnded, isSettled } from "../../src/execution/status.ts";
import { executionPath, withQuery } from "../paths.ts";
import type { ExecutionView } from "./execution-view.ts";
import { stageKind } from "../../src/workflow/stage-kind.ts";

/** The attempt that is shown; a stage that has not started shows what its first will write. */
export function attemptOf({ address, selected }: Pick<ExecutionView, "address" | "selected">): number {
  return address.attempt === 0 ? Math.max(1, selected?.attempt_number ?? 1) : address.attempt;
}

/** True while more lines may come. */
export function isGrowing(view: ExecutionView): boolean {
  const { selected, execution } = view;
  if (!selected || stageKind(selected.type).isDecided) return false;
  if (hasEnded(execution.status) || isSettled(selected.status)) return false;
  return attemptOf(view) >= Math.max(1, selected.attempt_number);
}

/** The address of a part of the transcript before an event, or of the whole as Markdown. */
export function transcriptPartPath(view: ExecutionView, before: number | null): string {
  const { search } = view.address;
  return before === null
    ? attemptPath(view, "transcript.md")
    : withQuery(attemptPath(view, "transcript"), { before, search });
}

/** The address of a part of the log. */
export function logPartPath(
  view: ExecutionView,
  query: { before?: number; first?: number },
  name = "log",
): string {
  const { address } = view;
  const path = attemptPath(view, name);
  return name === "log"
    ? withQuery(path, { ...query, search: address.search, stream: address.stream, level: address.level })
    : path;
}

function attemptPath(view: ExecutionView, name: string): string {
  const { execution, selected } = view;
  const stage = encodeURIComponent(selected?.stage_id ?? "");
  return executionPath(
    execution.workflow_slug,
    execution.run_id,
    `stages/${stage}/${attemptOf(view)}/${name}`,
  );
}

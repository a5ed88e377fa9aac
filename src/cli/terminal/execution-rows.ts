import { applyToStep, endStep } from "../../execution/apply-event.ts";
import type { StoredEvent } from "../../execution/event.ts";
import { shownText, transcriptOf } from "../../execution/shown-text.ts";
import { isAsking, openRequests } from "../../execution/permission.ts";
import type { StepRecord, Usage } from "../../execution/record.ts";
import { isDone, type StepStatus } from "../../execution/status.ts";

/** One stage of an execution as the live table shows it. */
export interface StepTableRow {
  batch: number;
  stage_id: string;
  type: "agent" | "gate";
  status: StepStatus;
  /** 0 before the first. */
  attempt: number;
  started_at: string | null;
  completed_at: string | null;
  usage: Usage | null;
  /** The newest log line, or why it is as it is. */
  says: string;
}

/** The stages of one execution, kept up to date by its events. */
export interface StepTable {
  /** In the order of their batches. */
  rows(): readonly StepTableRow[];
  apply(event: StoredEvent): void;
  done(): number;
}

interface FollowedStep {
  record: StepRecord;
  /** The newest line of the attempt's log; empty before the first. */
  lastLine: string;
}

export function followRows(steps: readonly StepRecord[]): StepTable {
  const followed = steps
    .toSorted((a, b) => a.batch - b.batch)
    .map((record): FollowedStep => ({ record, lastLine: "" }));
  const byStage = new Map(followed.map((step) => [step.record.stage_id, step]));
  return {
    rows: () => followed.map(rowOf),
    apply: (event) => {
      switch (event.type) {
        case "execution_started":
        case "execution_paused":
        case "execution_resumed":
        case "budget_warning":
          return;
        case "execution_completed":
          for (const step of followed) step.record = endStep(step.record, event.at);
          return;
        default: {
          const step = event.stage_id === null ? undefined : byStage.get(event.stage_id);
          if (step) applyToFollowed(step, event);
        }
      }
    },
    done: () => followed.filter(({ record }) => isDone(record.status)).length,
  };
}

type StageFeedEvent = Exclude<StoredEvent, { type: `execution_${string}` | "budget_warning" }>;

function applyToFollowed(step: FollowedStep, event: StageFeedEvent): void {
  if (event.type === "log_line") {
    // What an agent has used is in the columns beside.
    if (transcriptOf(event.data)?.kind !== "usage") step.lastLine = shownText(event.data);
    return;
  }
  if (event.type === "stage_started") step.lastLine = "";
  step.record = applyToStep(step.record, event, event.at);
}

function rowOf({ record, lastLine }: FollowedStep): StepTableRow {
  const { batch, stage_id, type, status, started_at, completed_at, usage } = record;
  const attempt = status === "pending" ? 0 : record.attempt_number;
  const says = record.error_message ?? record.skip_reason ?? gateText(record) ?? lastLine;
  return { batch, stage_id, type, status, attempt, started_at, completed_at, usage, says };
}

function gateText(step: StepRecord): string | null {
  const { status, gate, decided_by, decision_comment } = step;
  const [request] = isAsking(step) ? openRequests(step) : [];
  if (request) return `asks for permission: ${request.tool}: ${request.title}`;
  if (decided_by !== null)
    return `approved by ${decided_by}${decision_comment ? `: ${decision_comment}` : ""}`;
  return status === "waiting_for_approval" ? (gate?.message ?? null) : null;
}

import { shownText } from "../../execution/shown-text.ts";
import type { StageFailed, StageRetrying, StoredEvent } from "../../execution/event.ts";
import { localClock, zoneName } from "../../execution/local-time.ts";
import { budgetTexts } from "../../workflow/budget-text.ts";
import { elapsedText } from "./elapsed.ts";
import type { Paint } from "./paint.ts";
import { plainLine } from "./plain-text.ts";
import type { Watcher } from "./watcher.ts";

/** A line of text for each event: what a pipe, a file or a continuous-integration log gets. */
export function watchAsLines(write: (line: string) => void, paint: Paint): Watcher {
  const started = new Map<string, number>();
  return {
    take: (events) => {
      for (const event of events) {
        if (event.type === "stage_started" && event.stage_id !== null)
          started.set(event.stage_id, Date.parse(event.at));
        write(eventLine(event, paint, started));
      }
    },
    close: () => {},
  };
}

/** One JSON object a line. */
export function watchAsJson(write: (line: string) => void): Watcher {
  return {
    take: (events) => {
      for (const event of events) write(JSON.stringify(event));
    },
    close: () => {},
  };
}

/** `12:03:04 CET [build] completed in 3.1s`. Times are local: a person compares them with a watch. */
export function eventLine(
  event: StoredEvent,
  paint: Paint,
  started: ReadonlyMap<string, number> = new Map(),
): string {
  const stage = event.stage_id === null ? "" : `${paint.bold(`[${event.stage_id}]`)} `;
  return `${paint.dim(clock(event.at))} ${stage}${describeEvent(event, paint, started)}`;
}

function describeEvent(event: StoredEvent, paint: Paint, started: ReadonlyMap<string, number>): string {
  const again = (event.attempt ?? 1) > 1 ? ` (attempt ${event.attempt})` : "";
  switch (event.type) {
    case "log_line":
      return plainLine(shownText(event.data));
    case "execution_started":
      return `started: ${event.data.total} ${event.data.total === 1 ? "stage" : "stages"}`;
    case "execution_paused":
      return paint.waiting(event.data.reason === "budget" ? "paused: the budget is used up" : "paused");
    case "execution_resumed": {
      const { budget } = event.data;
      return budget ? `resumed with a budget of ${budgetTexts(budget).join(", ")}` : "resumed";
    }
    case "budget_warning":
      return paint.warn(`budget used to ${Math.floor(event.data.spent_ratio * 100)} %`);
    case "execution_completed":
      return event.data.status === "completed" ? paint.good("completed") : paint.bad(event.data.status);
    case "stage_started":
      return `${paint.active("started")}${again}${afterColon(event.data.agent_id)}`;
    case "stage_completed":
      return `${paint.good("completed")}${durationOf(event, started)}`;
    case "stage_failed":
      return `${paint.bad(event.data.status)}${again}${causeOf(event.data)}`;
    case "stage_retrying":
      return `${paint.warn("failed")}${again}, tries again${causeOf(event.data)}`;
    case "stage_skipped":
      return `${paint.dim("skipped")}${afterColon(event.data.reason)}`;
    case "gate_waiting":
      return "request_id" in event.data
        ? `${paint.waiting("waits for permission")}: ${plainLine(`${event.data.tool}: ${event.data.title}`)}`
        : `${paint.waiting("waits for approval")}${afterColon(event.data.message)}`;
    case "gate_resolved":
      if (event.data.decision === "withdrawn") return "withdrew what it had asked for";
      return `${event.data.decision} by ${plainLine(event.data.actor)}${afterColon(event.data.comment)}`;
    default:
      return event satisfies never;
  }
}

function causeOf({ error_message, error_class }: StageFailed | StageRetrying): string {
  return `${afterColon(error_message)} (${error_class})`;
}

/** What follows a word after a colon; nothing where there is none. */
function afterColon(text: string | null): string {
  return text ? `: ${plainLine(text)}` : "";
}

function durationOf(event: StoredEvent, started: ReadonlyMap<string, number>): string {
  const from = event.stage_id === null ? undefined : started.get(event.stage_id);
  return from === undefined ? "" : ` in ${elapsedText(Date.parse(event.at) - from)}`;
}

function clock(at: string): string {
  return `${localClock(at)} ${zoneOf(at)}`;
}

const zones = new Map<number, string>();

/** To ask for a zone's name takes long, and an execution may have thousands of lines. */
function zoneOf(at: string): string {
  const offset = new Date(at).getTimezoneOffset();
  let name = zones.get(offset);
  if (name === undefined) zones.set(offset, (name = zoneName(at)));
  return name;
}

import type { StoredEvent } from "../../execution/event.ts";
import { localClock, zoneName } from "../../execution/local-time.ts";
import { elapsedText } from "./elapsed.ts";
import type { Paint } from "./paint.ts";
import { plainLine } from "./plain-text.ts";
import { fields } from "./execution-rows.ts";
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
  return `${paint.dim(clock(event.at))} ${stage}${said(event, paint, started)}`;
}

function said(event: StoredEvent, paint: Paint, started: ReadonlyMap<string, number>): string {
  const data = fields(event.data);
  const text = (name: string): string => plainLine(String(data[name] ?? ""));
  const again = (event.attempt ?? 1) > 1 ? ` (attempt ${event.attempt})` : "";
  switch (event.type) {
    case "log_line":
      return text("text");
    case "execution_started":
      return `started: ${text("total")} ${data["total"] === 1 ? "stage" : "stages"}`;
    case "execution_paused":
      return paint.waiting("paused");
    case "execution_resumed":
      return "resumed";
    case "execution_completed":
      return text("status") === "completed" ? paint.good("completed") : paint.bad(text("status"));
    case "stage_started":
      return `${paint.active("started")}${again}${data["agent_id"] ? `: ${text("agent_id")}` : ""}`;
    case "stage_completed":
      return `${paint.good("completed")}${took(event, started)}`;
    case "stage_failed":
      return `${paint.bad(text("status"))}${again}: ${text("error_message")} (${text("error_class")})`;
    case "stage_retrying":
      return `${paint.warn("failed")}${again}, tries again: ${text("error_message")} (${text("error_class")})`;
    case "stage_skipped":
      return `${paint.dim("skipped")}: ${text("reason")}`;
    case "gate_waiting":
      return `${paint.waiting("waits for approval")}${data["message"] ? `: ${text("message")}` : ""}`;
    case "gate_resolved":
      return `${text("decision")} by ${text("actor")}${data["comment"] ? `: ${text("comment")}` : ""}`;
    default:
      return event.type satisfies never;
  }
}

function took(event: StoredEvent, started: ReadonlyMap<string, number>): string {
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

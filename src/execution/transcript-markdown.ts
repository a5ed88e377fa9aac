import type { Value } from "../expression/value.ts";
import type { TranscriptEntry } from "./transcript-facts.ts";
import type { TranscriptEvent } from "./transcript.ts";

/** An event of a transcript as Markdown; what a sub-agent does is quoted. "" for an event that says nothing. */
export function transcriptMarkdown({ event }: TranscriptEntry): string {
  const text = event === null ? "*What the agent did here cannot be read.*" : describe(event);
  if (text === "") return "";
  const shown = event?.parent === undefined ? text : text.replace(/^/gm, "> ");
  return `${shown}\n\n`;
}

function describe(event: TranscriptEvent): string {
  switch (event.kind) {
    case "message":
      return event.text.trim();
    case "thinking":
      return `*Thinking:*\n\n${event.text.trim().replace(/^/gm, "> ")}`;
    case "tool_call":
      return `**${inLine(event.name)}** ${code(event.title)}\n\n${fence(inputText(event.input), "json")}`;
    case "tool_result":
      return describeResult(event);
    case "plan":
      return ["**Plan**\n", ...event.entries.map(planLine)].join("\n");
    case "usage":
      return "";
    case "permission_request":
      return `**Asks for permission:** ${code(event.title)}`;
    case "notice":
      return `*${event.level === "info" ? "Note" : event.level}:* ${inLine(event.text)}`;
    default:
      return event satisfies never;
  }
}

function describeResult({ ok, text, exit_code }: Extract<TranscriptEvent, { kind: "tool_result" }>): string {
  const exit = exit_code === undefined ? "" : ` (exit ${exit_code})`;
  const heading = `${ok ? "Result" : "**Failed**"}${exit}:`;
  return text.trim() === "" ? `${heading} no text` : `${heading}\n\n${fence(text, "text")}`;
}

function planLine({ text, status }: { text: string; status: string }): string {
  const note = status === "completed" || status === "pending" ? "" : ` *(${inLine(status)})*`;
  return `- [${status === "completed" ? "x" : " "}] ${inLine(text)}${note}`;
}

function inputText(input: Value): string {
  return typeof input === "string" ? input : JSON.stringify(input, null, 2);
}

function inLine(text: string): string {
  return text.replace(/\s+/g, " ").trim();
}

/** A text of one line as code: its mark is longer than every such mark in it. */
function code(text: string): string {
  const line = inLine(text);
  const mark = "`".repeat(longestRun(line) + 1);
  const room = line.startsWith("`") || line.endsWith("`") ? " " : "";
  return line === "" ? "" : `${mark}${room}${line}${room}${mark}`;
}

function fence(text: string, language: string): string {
  const mark = "`".repeat(Math.max(3, longestRun(text) + 1));
  return `${mark}${language}\n${text.replace(/\n+$/, "")}\n${mark}`;
}

function longestRun(text: string): number {
  return Math.max(0, ...(text.match(/`+/g) ?? []).map(({ length }) => length));
}

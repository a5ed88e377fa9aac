import type { Value } from "../expression/value.ts";

/**
 * One thing that an agent said, did or reported, whichever program it is. `id` is the agent's own name for the thing
 * (of a call and its result the same), `parent` is the call of the sub-agent that it belongs to.
 */
export type TranscriptEvent = { id?: string; parent?: string } & (
  | { kind: "message"; text: string }
  | { kind: "thinking"; text: string }
  | { kind: "tool_call"; name: string; tool: ToolKind; title: string; input: Value; files: string[] }
  | { kind: "tool_result"; ok: boolean; text: string; exit_code?: number }
  | { kind: "plan"; entries: { text: string; status: string }[] }
  | ({ kind: "usage" } & TranscriptUsage)
  | { kind: "permission_request"; call: string; title: string; input: Value; reason?: string }
  | { kind: "notice"; level: "info" | "warning" | "error"; code?: string; text: string }
);

export type ToolKind = "read" | "edit" | "run" | "search" | "fetch" | "agent" | "other";

/** Disjoint counts of tokens, as far as the agent reports them. */
interface TranscriptUsage {
  input: number;
  cache_read: number;
  cache_write: number;
  output: number;
  cost_micro_usd?: number;
  context_used?: number;
  context_size?: number;
}

const longestLine = 2_000;

/** The event as one line for people, without line breaks. Secrets are hidden before the line is cut. */
export function transcriptLine(event: TranscriptEvent, hide: (text: string) => string): string {
  const whole = hide(`${event.parent === undefined ? "" : "sub-agent: "}${describeEvent(event)}`);
  // What is far beyond the cut need not be looked at.
  const line = whole
    .slice(0, 4 * longestLine)
    .replace(/\s+/g, " ")
    .trim();
  return line.length < longestLine ? line : `${line.slice(0, longestLine).replace(/[\uD800-\uDBFF]$/, "")}…`;
}

function describeEvent(event: TranscriptEvent): string {
  switch (event.kind) {
    case "message":
      return event.text;
    case "thinking":
      return `thinking: ${event.text}`;
    case "tool_call":
      return `${event.name}: ${event.title}`;
    case "tool_result":
      return `${event.ok ? "result" : "failed"}: ${event.text}`;
    case "plan":
      return `plan: ${event.entries.map(({ text, status }) => `${text} (${status})`).join("; ")}`;
    case "usage":
      return `used ${describeUsage(event)}`;
    case "permission_request":
      return `asks for permission: ${event.title}`;
    case "notice":
      return event.level === "info" ? event.text : `${event.level}: ${event.text}`;
    default:
      return event satisfies never;
  }
}

function describeUsage({ input, cache_read, cache_write, output, cost_micro_usd }: TranscriptUsage): string {
  const tokens = `${input + cache_read + cache_write} tokens in, ${output} out`;
  return cost_micro_usd === undefined ? tokens : `${tokens}, $${(cost_micro_usd / 1_000_000).toFixed(6)}`;
}

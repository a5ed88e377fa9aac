import { usageOf } from "../../src/execution/transcript-facts.ts";
import type { TranscriptEvent } from "../../src/execution/transcript.ts";
import { Icon } from "../components/icon.tsx";
import { Markdown } from "../components/markdown.tsx";
import { costText, tokensText } from "../components/usage-text.ts";
import { visible } from "../components/visible.ts";
import type { Html } from "../jsx/jsx-runtime.ts";
import { PlanList, planText } from "./transcript-plan.tsx";

interface EventBodyProps {
  /** Null for one that cannot be read. */
  event: TranscriptEvent | null;
  /** True for the plan that counts; earlier ones are folded. */
  isCurrentPlan: boolean;
  /** What is folded is open, because what was searched for may be in it. */
  opens: boolean;
}

/** What an event says that is neither a call nor a result. */
export function EventBody({ event, isCurrentPlan, opens }: EventBodyProps): Html {
  switch (event?.kind) {
    case "message":
      return <Markdown text={event.text} />;
    case "thinking":
      return <Thinking text={event.text} opens={opens} />;
    case "plan":
      return <Plan entries={event.entries} isOpen={isCurrentPlan || opens} />;
    case "usage":
      return <p class="dim">{usageLine(event)}</p>;
    case "permission_request":
      return <PermissionRequest event={event} />;
    case "notice":
      return <Notice event={event} />;
    case "tool_call":
    case "tool_result":
      // These stand in rows of their own.
      return <></>;
    case undefined:
      return <p class="dim">What the agent did here cannot be read.</p>;
    default:
      return event satisfies never;
  }
}

function Thinking({ text, opens }: { text: string; opens: boolean }): Html {
  return (
    <details class="fold thought" open={opens}>
      <summary>
        <Icon name="lightbulb" size="s" />
        <b>Thinking</b> <span class="title">{visible(teaserOf(text))}</span>
      </summary>
      <div class="opened">
        <Markdown text={text} />
      </div>
    </details>
  );
}

/** The beginning on one line, without the marks of Markdown. */
function teaserOf(text: string): string {
  return text
    .slice(0, mostTeaser)
    .replace(/[*`#]+/g, "")
    .replace(/\s+/g, " ");
}

const mostTeaser = 200;

function Plan({
  entries,
  isOpen,
}: {
  entries: readonly { text: string; status: string }[];
  isOpen: boolean;
}): Html {
  const { done } = planText(entries);
  return (
    <details class="fold plan-event" open={isOpen}>
      <summary>
        <Icon name="list" size="s" />
        <b>Plan</b> <span class="title">{done}</span>
      </summary>
      <div class="opened">
        <PlanList entries={entries} />
      </div>
    </details>
  );
}

function PermissionRequest({
  event: { title, reason },
}: {
  event: Extract<TranscriptEvent, { kind: "permission_request" }>;
}): Html {
  return (
    <div class="note warning">
      <Icon name="hand" size="s" />
      <p>
        <b>Asks for permission: </b>
        {visible(title)}
        {reason === undefined ? null : <span class="dim"> {visible(reason)}</span>}
      </p>
    </div>
  );
}

function Notice({ event: { level, text } }: { event: Extract<TranscriptEvent, { kind: "notice" }> }): Html {
  if (level === "info") return <p class="dim">{visible(text)}</p>;
  const isError = level === "error";
  return (
    <div class={isError ? "note error" : "note warning"}>
      <Icon name={isError ? "circle-x" : "triangle-alert"} size="s" />
      <p>
        <b>{isError ? "Error: " : "Warning: "}</b>
        {visible(text)}
      </p>
    </div>
  );
}

/** A cost that was not reported is unknown, and not nothing. */
function usageLine(event: Extract<TranscriptEvent, { kind: "usage" }>): string {
  const usage = usageOf(event);
  return ["Used", tokensText(usage) ?? "no tokens", "·", costText(usage) ?? "cost not reported"].join(" ");
}

import type { TranscriptEntry } from "../../src/execution/transcript-facts.ts";
import { Icon } from "../components/icon.tsx";
import { clockText } from "../components/time-text.ts";
import { visible } from "../components/visible.ts";
import type { Child, Html } from "../jsx/jsx-runtime.ts";
import { fragment } from "../layout/fragment.ts";
import { CallPart, CallResult, Ending, lineOf, type TranscriptLook } from "./transcript-call.tsx";
import { EventBody } from "./transcript-event.tsx";
import type { CallItem, ResultEntry, TranscriptItem } from "./transcript-items.ts";

interface ItemsProps {
  items: readonly TranscriptItem[];
  look: TranscriptLook;
}

/** Items in blocks; the browser leaves out of its work the blocks that nobody sees. */
export function TranscriptChunks({ items, look }: ItemsProps): Html {
  const chunks: Html[] = [];
  for (let at = 0; at < items.length; at += chunkItems)
    chunks.push(<TranscriptChunk items={items.slice(at, at + chunkItems)} look={look} />);
  return <>{chunks}</>;
}

const chunkItems = 25;

/** One block of items, appended as they come. */
export const TranscriptChunk = fragment<ItemsProps>("log-lines", "beforeend", ({ items, look }) => (
  <div class="chunk">
    <Items items={items} look={look} />
  </div>
));

/** What a sub-agent does, appended below the call that started it. */
export const SubAgentPart = fragment<ItemsProps & { call: number }>(
  ({ call }) => `sub-${call}`,
  "beforeend",
  ({ items, look }) => <Items items={items} look={look} />,
);

/** A plan that another has taken the place of. */
export const EarlierPlan = fragment<{ entry: TranscriptEntry; look: TranscriptLook }>(
  ({ entry }) => `e${entry.seq}`,
  "outerHTML",
  ({ entry, look }) => <EventRow entry={entry} look={look} />,
);

function Items({ items, look }: ItemsProps): Html {
  return (
    <>
      {items.map((item) => (
        <Item item={item} look={look} />
      ))}
    </>
  );
}

function Item({ item, look }: { item: TranscriptItem; look: TranscriptLook }): Html {
  switch (item.kind) {
    case "event":
      return <EventRow entry={item.entry} look={look} />;
    case "call":
      return <CallRow item={item} look={look} />;
    case "result":
      return <ResultRow entry={item.entry} call={item.call} look={look} />;
    case "sub-agent":
      return <SubAgentRow call={item.call} items={item.children} look={look} />;
    default:
      return item satisfies never;
  }
}

function Row({
  seq,
  at,
  look,
  kind,
  children,
}: {
  seq: number;
  at: string;
  look: TranscriptLook;
  kind: string;
  children?: Child;
}): Html {
  return (
    <div class={`ev is-${kind}`} id={`e${seq}`}>
      <When seq={seq} at={at} look={look} />
      <div class="what">{children}</div>
    </div>
  );
}

/** Rows are not reached with the Tab key by this link, but what opens in them is. */
function When({ seq, at, look }: { seq: number; at: string; look: TranscriptLook }): Html {
  return (
    <a class="at" href={look.link(seq)} tabindex="-1">
      <time>{clockText(at)}</time>
      <span class="vh">{` event ${seq}`}</span>
    </a>
  );
}

function CallRow({
  item: { entry, result, children },
  look,
}: {
  item: CallItem;
  look: TranscriptLook;
}): Html {
  return (
    <Row seq={entry.seq} at={entry.at} look={look} kind="called">
      <CallPart entry={entry} result={result} look={look} />
      <div class="sub" id={`sub-${entry.seq}`}>
        <Items items={children} look={look} />
      </div>
    </Row>
  );
}

/** A result without its call; a script removes it once the call with the same result is on the page. */
function ResultRow({
  entry,
  call,
  look,
}: {
  entry: ResultEntry;
  call: TranscriptEntry | null;
  look: TranscriptLook;
}): Html {
  const called = call?.event?.kind === "tool_call" ? call.event : null;
  return (
    <div class="ev is-called" id={`e${entry.seq}`} data-result-of={call?.seq}>
      <When seq={entry.seq} at={entry.at} look={look} />
      <div class="what">
        <details class={`fold call ${entry.event.ok ? "ok" : "failed"}`} open={look.opensCalls}>
          <summary>
            <Icon name="undo-2" size="s" />
            <b>{called === null ? "Result" : visible(`Result of ${called.name}`)}</b>{" "}
            <span class="title">{called === null ? null : visible(lineOf(called.title, look.workdir))}</span>
            <Ending entry={null} result={entry} />
          </summary>
          <div class="opened">
            {call === null ? null : (
              <p class="what-it-is">
                <a href={look.link(call.seq)}>To its call</a>
              </p>
            )}
            <CallResult result={entry} id={null} />
          </div>
        </details>
      </div>
    </div>
  );
}

/** A script moves it below the call that started the sub-agent, once that is on the page. */
function SubAgentRow({
  call,
  items,
  look,
}: {
  call: TranscriptEntry | null;
  items: readonly TranscriptItem[];
  look: TranscriptLook;
}): Html {
  const started = call?.event?.kind === "tool_call" ? call.event.title : null;
  return (
    <div class="sub-agent" data-sub-of={call?.seq}>
      <p class="what-it-is">
        {"Sub-agent"}
        {call === null || started === null ? null : (
          <>
            {": "}
            <a href={look.link(call.seq)}>{visible(lineOf(started, look.workdir))}</a>
          </>
        )}
      </p>
      <div class="sub">
        <Items items={items} look={look} />
      </div>
    </div>
  );
}

function EventRow({ entry, look }: { entry: TranscriptEntry; look: TranscriptLook }): Html {
  const { seq, at, event } = entry;
  return (
    <Row seq={seq} at={at} look={look} kind={event?.kind ?? "lost"}>
      <EventBody event={event} isCurrentPlan={seq === look.plan} opens={look.opensCalls} />
    </Row>
  );
}

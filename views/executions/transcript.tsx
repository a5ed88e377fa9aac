import { visible } from "../components/visible.ts";
import type { Html } from "../jsx/jsx-runtime.ts";
import { fragment } from "../layout/fragment.ts";
import { attemptOf, isGrowing, transcriptPartPath } from "./log-facts.ts";
import { runPath, wholeLog, type ExecutionView, type TranscriptTab } from "./execution-view.ts";
import { TranscriptBar } from "./transcript-bar.tsx";
import type { TranscriptLook } from "./transcript-call.tsx";
import { TranscriptChunks } from "./transcript-item.tsx";

/**
 * What an agent did in one attempt, oldest first, in one scroll area; the end is shown first, and what is before is
 * loaded on the way up. The script of the log moves in it as in a log.
 */
export function TranscriptPanel({ view }: { view: ExecutionView }): Html {
  const { transcript, address, selected } = view;
  if (!transcript || !selected) return <div class="logwrap"></div>;
  return (
    <>
      <TranscriptBar view={view} transcript={transcript} />
      <div class="logwrap" id={`transcript-${selected.stage_id}-${attemptOf(view)}-${address.search}`}>
        <div
          class="log transcript"
          id="log"
          role="log"
          aria-live="off"
          aria-label={`Transcript of ${selected.stage_name}`}
          tabindex="0"
          data-follows={isGrowing(view)}
          data-finds={address.search === "" ? null : address.search}
        >
          <EarlierEvents view={view} transcript={transcript} />
          <div id="log-lines">
            <TranscriptChunks items={transcript.items} look={lookOf(view, transcript)} />
          </div>
          <PartialMessagePart text={null} />
          <TranscriptNote view={view} isEmpty={transcript.items.length === 0} />
          {transcript.hasLater ? <Later view={view} transcript={transcript} /> : null}
        </div>
        <div class="follow">
          <button type="button" class="tailing" data-follow aria-pressed="true" hidden>
            <span class="beat"></span>
            <span>Following live</span>
          </button>
        </div>
      </div>
    </>
  );
}

/** The message that the agent is writing, which the stored message takes the place of; null: it writes none. */
export const PartialMessagePart = fragment<{ text: string | null }>(
  "transcript-partial",
  "outerMorph",
  ({ text }, id) => {
    if (text === null) return <div id={id} hidden></div>;
    return (
      <div id={id} class="partial">
        <span class="at">writes</span>
        <p id="partial-text">
          <PartialText text={text} />
        </p>
      </div>
    );
  },
);

/** What has been added to it. */
export const PartialText = fragment<{ text: string }>("partial-text", "beforeend", ({ text }) => (
  <span>{visible(text)}</span>
));

/** How the transcript of a view is shown: a search leads to its finds among the events around them. */
export function lookOf(view: ExecutionView, transcript: Pick<TranscriptTab, "facts">): TranscriptLook {
  const isSearch = view.address.search !== "";
  return {
    opensCalls: isSearch,
    plan: transcript.facts.plan?.seq ?? 0,
    workdir: view.execution.options.workdir,
    link: (seq) => (isSearch ? `${runPath(view, wholeLog, { event: seq })}#e${seq}` : `#e${seq}`),
  };
}

/** Earlier events in the place of their placeholder, with the next placeholder before them. */
export function EarlierTranscript({
  view,
  transcript,
}: {
  view: ExecutionView;
  transcript: TranscriptTab;
}): Html {
  return (
    <>
      <EarlierEvents view={view} transcript={transcript} />
      <TranscriptChunks items={transcript.items} look={lookOf(view, transcript)} />
    </>
  );
}

/** Why there are no events; removed with the first one. */
export const TranscriptNote = fragment<{ view: ExecutionView; isEmpty: boolean }>(
  "log-note",
  "outerMorph",
  ({ view, isEmpty }, id) => {
    if (!isEmpty) return <p id={id} class="log-note" hidden></p>;
    return (
      <p id={id} class="log-note">
        {view.address.search === "" ? "Nothing of the transcript is here." : "No event is like that."}
      </p>
    );
  },
);

/** The place of the events before: a script loads them; without one its links lead there. */
function EarlierEvents({ view, transcript }: { view: ExecutionView; transcript: TranscriptTab }): Html {
  if (!transcript.hasEarlier) return <></>;
  const before = transcript.first;
  return (
    <p class="log-note" id="earlier" data-earlier={transcriptPartPath(view, before)}>
      <a href={runPath(view, {}, { before })} data-load-earlier>
        Earlier events
      </a>
      {transcript.found === null ? (
        <>
          {" · "}
          <a href={runPath(view, {}, { after: firstEvent })}>To the start of the transcript</a>
        </>
      ) : null}
    </p>
  );
}

/** The event with which every execution begins, before any stage. */
const firstEvent = 1;

/** Only a part that was asked for by its place has events after it. */
function Later({ view, transcript }: { view: ExecutionView; transcript: TranscriptTab }): Html {
  return (
    <p class="log-note">
      {transcript.found === null ? (
        <>
          <a href={runPath(view, {}, { after: transcript.last })}>The events after these</a>
          {" · "}
        </>
      ) : null}
      <a href={runPath(view)}>To the end of the transcript</a>
    </p>
  );
}

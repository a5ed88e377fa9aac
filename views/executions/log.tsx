import { countText, plural } from "../components/usage-text.ts";
import type { Html } from "../jsx/jsx-runtime.ts";
import { fragment } from "../layout/fragment.ts";
import { LogBar } from "./log-bar.tsx";
import { attemptOf, isGrowing, logPartPath } from "./log-facts.ts";
import { LogChunks } from "./log-line.tsx";
import { runPath, type LogTab, type ExecutionView } from "./execution-view.ts";
import { stageKind } from "../../src/workflow/stage-kind.ts";

/** The log of one attempt: real text in one scroll area, the end first; what is before is loaded on the way up. */
export function LogPanel({ view }: { view: ExecutionView }): Html {
  const { log, address } = view;
  if (!log || !view.selected) return <div class="logwrap"></div>;
  return (
    <>
      <LogBar view={view} log={log} />
      <div
        class="logwrap"
        id={`log-${view.selected.stage_id}-${attemptOf(view)}-${address.stream}-${address.level}-${address.search}`}
      >
        <div
          class={`log digits-${digitsOf(log.last)}`}
          id="log"
          role="log"
          aria-live="off"
          aria-label={`Log of ${view.selected.stage_name}`}
          tabindex="0"
          data-follows={isGrowing(view)}
        >
          <Earlier view={view} log={log} />
          {log.cut > 0 ? (
            <p class="log-note">{`${plural(log.cut, "line")} in the middle were not kept.`}</p>
          ) : null}
          <div id="log-lines">
            <LogChunks part={log.part} search={address.search} />
          </div>
          <LogNote view={view} isEmpty={log.part.lines.length === 0} />
          {log.hasLater ? <Later view={view} log={log} /> : null}
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

/** Why there are no lines (yet); removed with the first line. */
export const LogNote = fragment<{ view: ExecutionView; isEmpty: boolean }>(
  "log-note",
  "outerMorph",
  ({ view, isEmpty }, id) => {
    if (!isEmpty) return <p id={id} class="log-note" hidden></p>;
    return (
      <p id={id} class="log-note">
        {nothingText(view)}
      </p>
    );
  },
);

function nothingText(view: ExecutionView): string {
  const { search, stream, level } = view.address;
  if (search !== "" || stream !== "" || level !== null) return "No line is like that.";
  if (view.selected && stageKind(view.selected.type).isDecided)
    return "A gate writes no log: it waits for a person.";
  return isGrowing(view) ? "Waiting for logs…" : "This stage has left no log.";
}

/**
 * The place of the lines before: a script loads them, one part a time, when the reader comes there; without one its
 * links lead there.
 */
function Earlier({ view, log }: { view: ExecutionView; log: LogTab }): Html {
  if (log.earlier === 0) return <></>;
  const at = { before: log.part.lines[0]?.seq ?? 0, first: log.part.first };
  const isWhole = !log.part.numbers;
  return (
    <p class="log-note" id="earlier" data-earlier={logPartPath(view, at)}>
      <a href={runPath(view, {}, at)} data-load-earlier>{`${countText(log.earlier)} earlier lines`}</a>
      {isWhole ? (
        <>
          {" · "}
          <a href={`${runPath(view, {}, { from: 1 })}#L1`}>To the start of the log</a>
        </>
      ) : null}
    </p>
  );
}

/** Only a part that was asked for by its place has lines after it. */
function Later({ view, log }: { view: ExecutionView; log: LogTab }): Html {
  const next = log.part.first + log.part.lines.length;
  return (
    <p class="log-note">
      {log.part.numbers ? null : (
        <>
          <a href={`${runPath(view, {}, { from: next })}#L${next}`}>The lines after these</a>
          {" · "}
        </>
      )}
      <a href={runPath(view)}>To the end of the log</a>
    </p>
  );
}

/** Earlier lines in the place of their placeholder, with the next placeholder before them. */
export function EarlierPart({ view, log }: { view: ExecutionView; log: LogTab }): Html {
  return (
    <>
      <Earlier view={view} log={log} />
      <LogChunks part={log.part} search={view.address.search} />
    </>
  );
}

/** For the width of the column of numbers. */
function digitsOf(last: number): number {
  return Math.min(mostDigits, Math.max(leastDigits, String(last).length));
}

const leastDigits = 4;
const mostDigits = 7;

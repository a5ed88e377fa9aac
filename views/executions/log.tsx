import { countText, plural } from "../components/usage-text.ts";
import { raw, type Html } from "../jsx/jsx-runtime.ts";
import { LogBar } from "./log-bar.tsx";
import { attemptOf, isGrowing, logPartPath } from "./log-facts.ts";
import { LogChunks } from "./log-line.tsx";
import { runPath, type LogTab, type RunView } from "./run-view.ts";

/** The log of one attempt: real text in one scroll area, the end first; what is before is loaded on the way up. */
export function LogPanel({ view }: { view: RunView }): Html {
  const { log, address } = view;
  if (!log || !view.selected) return <div class="logwrap"></div>;
  return (
    <>
      <LogBar view={view} log={log} />
      <div
        class="logwrap"
        id={`log-${view.selected.stage_id}-${attemptOf(view)}-${address.stream}-${address.search}`}
      >
        <div
          class="log"
          id="log"
          role="log"
          aria-live="off"
          aria-label={`Log of ${view.selected.stage_name}`}
          tabindex="0"
          data-follows={isGrowing(view)}
        >
          {log.hasEarlier ? (
            <Earlier view={view} before={log.part.lines[0]?.seq ?? 0} first={log.part.first} />
          ) : null}
          {log.cut > 0 ? (
            <p class="log-note">{`${plural(log.cut, "line")} in the middle were not kept.`}</p>
          ) : null}
          <div id="log-lines">
            <LogChunks part={log.part} search={address.search} />
          </div>
          <LogNote view={view} log={log} />
          {log.hasLater ? (
            <p class="log-note">
              <a href={runPath(view)}>To the end of the log</a>
            </p>
          ) : null}
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

/** Why there is nothing to read (yet); gone with the first line. */
function LogNote({ view, log }: { view: RunView; log: LogTab }): Html {
  if (log.part.lines.length > 0) return <p id="log-note" class="log-note" hidden></p>;
  return (
    <p id="log-note" class="log-note">
      {nothingText(view)}
    </p>
  );
}

function nothingText(view: RunView): string {
  const { search, stream } = view.address;
  if (search !== "" || stream !== "") return "No line is like that.";
  if (view.selected?.type === "gate") return "A gate writes no log: it waits for a person.";
  return isGrowing(view) ? "Waiting for logs…" : "This stage has left no log.";
}

interface EarlierProps {
  view: RunView;
  /** Lines numbered below this one in the feed. */
  before: number;
  /** The number of the first line that is shown. */
  first: number;
}

/** The place of the lines before; loaded when it comes into view, by a link without scripts. */
export function Earlier({ view, before, first }: EarlierProps): Html {
  const url = logPartPath(view, { before, first });
  return (
    <p class="log-note" hx-get={url} hx-trigger="intersect once" hx-swap="outerHTML">
      <a href={runPath(view, {}, { before, first })}>{`${countText(first - 1)} earlier lines`}</a>
    </p>
  );
}

/** Earlier lines in the place of their placeholder, with the next placeholder before them. */
export function EarlierPart({ view, log }: { view: RunView; log: LogTab }): Html {
  return (
    <>
      {log.hasEarlier ? (
        <Earlier view={view} before={log.part.lines[0]?.seq ?? 0} first={log.part.first} />
      ) : (
        raw("")
      )}
      <LogChunks part={log.part} search={view.address.search} />
    </>
  );
}

import { countAll } from "../../src/execution/shown-text.ts";
import type { IconName } from "../components/icon-names.ts";
import { Icon } from "../components/icon.tsx";
import { Menu } from "../components/menu.tsx";
import { countText, plural } from "../components/usage-text.ts";
import type { Html } from "../jsx/jsx-runtime.ts";
import { fragment } from "../layout/fragment.ts";
import { executionPath, withQuery } from "../paths.ts";
import { logPartPath } from "./log-facts.ts";
import { mainTab, runPath, wholeLog, type LogTab, type ExecutionView } from "./execution-view.ts";

export function LogBar({ view, log }: { view: ExecutionView; log: LogTab }): Html {
  const { search, stream, level } = view.address;
  const isFiltered = search !== "" || stream !== "" || level !== null;
  const download = logPartPath(view, {}, "log.txt");
  return (
    <div class="logbar" id="logbar" data-keeps-place>
      <LogSearch view={view} what="log" />
      {isFiltered ? (
        <a class="btn ghost sm" href={runPath(view, wholeLog)}>
          {`${plural(log.total, "line")} found`}
          <Icon name="x" size="xs" />
        </a>
      ) : null}
      <StreamChoice view={view} counts={log.counts} />
      <LevelChoice view={view} levels={log.levels} />
      <div class="end">
        <Switch name="times" icon="clock" label="Timestamps" />
        <Switch name="wraps" icon="wrap-text" label="Wrap lines" />
        {isFiltered ? (
          <a class="btn ghost sm" href={withQuery(download, { search, stream, level })} download>
            This view
          </a>
        ) : null}
        <a class="btn ghost icon sm" href={download} download aria-label="Download log">
          <Icon name="download" size="s" />
        </a>
      </div>
    </div>
  );
}

export function LogSearch({ view, what }: { view: ExecutionView; what: "log" | "transcript" }): Html {
  const { address, execution, selected } = view;
  return (
    <form class="field" role="search" action={executionPath(execution.workflow_slug, execution.run_id)}>
      <Icon name="search" size="s" />
      <label class="vh" for="log-search">
        {`Search this ${what}`}
      </label>
      <input
        class="input search sm"
        id="log-search"
        data-search
        type="search"
        name="search"
        value={address.search}
        placeholder={`Search this ${what}`}
      />
      <input type="hidden" name="stage" value={selected?.stage_id} />
      {what === mainTab(view.hasTranscript) ? null : <input type="hidden" name="tab" value={what} />}
      {address.attempt === 0 ? null : <input type="hidden" name="attempt" value={address.attempt} />}
      {address.view === "graph" ? <input type="hidden" name="view" value="graph" /> : null}
      {address.stream === "" ? null : <input type="hidden" name="stream" value={address.stream} />}
      {address.level === null ? null : <input type="hidden" name="level" value={address.level} />}
    </form>
  );
}

/** Works in the page alone, so it shows only where there are scripts. */
function Switch({ name, icon, label }: { name: string; icon: IconName; label: string }): Html {
  return (
    <button
      type="button"
      class="btn ghost icon sm wide"
      data-log-switch={name}
      aria-pressed="true"
      aria-label={label}
      hidden
    >
      <Icon name={icon} size="s" />
    </button>
  );
}

/** How many lines each stream has; swapped as they come. */
export const StreamChoice = fragment<{ view: ExecutionView; counts: LogTab["counts"] }>(
  "log-streams",
  "outerMorph",
  ({ view, counts }, id) => {
    const choices = [
      ["", "All", countAll(counts)],
      // Only some agents have a transcript, and its lines are all that such an agent prints.
      ...(counts.agent === 0 ? [] : [["agent", "Agent", counts.agent] as const]),
      ["stdout", "Out", counts.stdout],
      ["stderr", "Err", counts.stderr],
      ["system", "Sys", counts.system],
    ] as const;
    return (
      <span id={id} class="seg sm desk" role="group" aria-label="Stream">
        {choices.map(([stream, word, count]) => (
          <a href={runPath(view, { stream })} aria-current={stream === view.address.stream ? "true" : null}>
            {word}
            <span class="n">{countText(count)}</span>
          </a>
        ))}
      </span>
    );
  },
);

/** Which lines are let through, by what they say they are: of the whole log. */
export const LevelChoice = fragment<{ view: ExecutionView; levels: LogTab["levels"] }>(
  "log-levels",
  "outerMorph",
  ({ view, levels }, id) => {
    const { level } = view.address;
    const choices = [
      [null, "All levels", null],
      ["warn", "Warnings and errors", levels.warn],
      ["error", "Errors", levels.error],
    ] as const;
    const chosen = choices.find(([each]) => each === level) ?? choices[0];
    return (
      <span id={id}>
        <Menu id="levels" icon="list-filter" label={`Level: ${chosen[1]}`} text={chosen[1]}>
          {choices.map(([each, word, count]) => (
            <li>
              <a href={runPath(view, { level: each })} aria-current={each === level ? "true" : null}>
                {word}
                {count === null ? null : <span class="n">{countText(count)}</span>}
              </a>
            </li>
          ))}
        </Menu>
      </span>
    );
  },
);

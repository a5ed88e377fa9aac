import type { IconName } from "../components/icon-names.ts";
import { Icon } from "../components/icon.tsx";
import { countText, plural } from "../components/usage-text.ts";
import type { Html } from "../jsx/jsx-runtime.ts";
import { executionPath, withQuery } from "../paths.ts";
import { logPartPath } from "./log-facts.ts";
import { runPath, type LogTab, type RunView } from "./run-view.ts";

export function LogBar({ view, log }: { view: RunView; log: LogTab }): Html {
  const { address } = view;
  const download = logPartPath(view, {}, "log.txt");
  return (
    <div class="logbar" id="logbar" data-keeps-place>
      <LogSearch view={view} />
      {address.search === "" ? null : (
        <a class="btn ghost sm" href={runPath(view, { search: "" })}>
          {`${plural(log.total, "line")} found`}
          <Icon name="x" size="xs" />
        </a>
      )}
      <StreamChoice view={view} counts={log.counts} />
      <LevelChoice />
      <div class="end">
        <Switch name="times" icon="clock" label="Timestamps" />
        <Switch name="wraps" icon="wrap-text" label="Wrap lines" />
        {address.search === "" && address.stream === "" ? null : (
          <a
            class="btn ghost sm"
            href={withQuery(download, { search: address.search, stream: address.stream })}
            download
          >
            This view
          </a>
        )}
        <a class="btn ghost icon sm" href={download} download aria-label="Download log">
          <Icon name="download" size="s" />
        </a>
      </div>
    </div>
  );
}

function LogSearch({ view }: { view: RunView }): Html {
  const { address, execution, selected } = view;
  return (
    <form class="field" role="search" action={executionPath(execution.workflow_slug, execution.run_id)}>
      <Icon name="search" size="s" />
      <label class="vh" for="log-search">
        Search this log
      </label>
      <input
        class="input search sm"
        id="log-search"
        data-search
        type="search"
        name="search"
        value={address.search}
        placeholder="Search this log"
      />
      <input type="hidden" name="stage" value={selected?.stage_id} />
      {address.attempt === 0 ? null : <input type="hidden" name="attempt" value={address.attempt} />}
      {address.view === "graph" ? <input type="hidden" name="view" value="graph" /> : null}
      {address.stream === "" ? null : <input type="hidden" name="stream" value={address.stream} />}
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
export function StreamChoice({ view, counts }: { view: RunView; counts: LogTab["counts"] }): Html {
  const { stdout, stderr, system } = counts;
  const choices = [
    ["", "All", stdout + stderr + system],
    ["stdout", "Out", stdout],
    ["stderr", "Err", stderr],
    ["system", "Sys", system],
  ] as const;
  return (
    <span id="log-streams" class="seg sm desk" role="group" aria-label="Stream">
      {choices.map(([stream, word, count]) => (
        <a href={runPath(view, { stream })} aria-current={stream === view.address.stream ? "true" : null}>
          {word}
          <span class="n">{countText(count)}</span>
        </a>
      ))}
    </span>
  );
}

/** Filters the lines that are there: a line's level is read out of its words. */
function LevelChoice(): Html {
  return (
    <>
      <label class="vh" for="log-level">
        Level
      </label>
      <select class="pick sm desk" id="log-level" data-level hidden>
        <option value="">All levels</option>
        <option value="warn">Warnings and errors</option>
        <option value="error">Errors</option>
      </select>
    </>
  );
}

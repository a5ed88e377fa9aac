import { countAll } from "../../src/execution/shown-text.ts";
import type { Html } from "../jsx/jsx-runtime.ts";
import { fragment } from "../layout/fragment.ts";
import { runPath, tabs, wholeLog, type ExecutionView, type Tab } from "./execution-view.ts";
import { swapsRun } from "./timeline.tsx";

const tabNames: Record<Tab, string> = {
  transcript: "Transcript",
  log: "Log",
  output: "Output",
  changes: "Changes",
  input: "Input",
  context: "Context",
  files: "Files",
  yaml: "YAML",
};

/** Swapped alone when the first event of a transcript comes to a page that shows the log. */
export const StageTabs = fragment<{ view: ExecutionView }>("stage-tabs", "outerMorph", ({ view }, id) => {
  const shown = tabs.filter(
    (tab) => (tab !== "transcript" || view.hasTranscript) && (tab !== "changes" || view.hasChanges),
  );
  return (
    <nav class="tabs" id={id} aria-label="Stage detail">
      {shown.map((tab) => {
        const url = runPath(view, { tab, ...wholeLog });
        const count = tabCount(view, tab);
        return (
          <a href={url} aria-current={tab === view.address.tab ? "page" : null} {...swapsRun(url)}>
            {tabNames[tab]}
            <TabCount tab={tab} count={count} />
          </a>
        );
      })}
    </nav>
  );
});

function TabCount({ tab, count }: { tab: Tab; count: number }): Html {
  if (tab === "log" || tab === "transcript")
    return (
      <span class="n" id={`${tab}-count`}>
        {count === 0 ? null : count}
      </span>
    );
  return count === 0 ? <></> : <span class="n">{count}</span>;
}

function tabCount({ selected, log, transcript }: ExecutionView, tab: Tab): number {
  if (tab === "context") return selected?.context_consumed.length ?? 0;
  if (tab === "transcript") return transcript?.facts.events ?? log?.counts.agent ?? 0;
  if (tab !== "log" || !log) return 0;
  return countAll(log.counts);
}

import { logStreams } from "../../src/execution/event.ts";
import { executionName } from "../components/execution-name.ts";
import { executionState } from "../components/state.ts";
import type { Html } from "../jsx/jsx-runtime.ts";
import type { Frame } from "../layout/frame.ts";
import { page } from "../layout/page.tsx";
import { executionPath, executionsPath, libraryPath, withQuery, workflowPath } from "../paths.ts";
import { GateStrip } from "./gates.tsx";
import { Graph } from "./graph.tsx";
import { attemptOf, isGrowing } from "./log-facts.ts";
import { ExecutionControls, RunDialogs } from "./execution-controls.tsx";
import { isLive, ExecutionHead, ExecutionProgress, executionTitle } from "./execution-head.tsx";
import { mainTab, runPath, type LogTab, type ExecutionView } from "./execution-view.ts";
import { StagePanel } from "./stage-panel.tsx";
import { StageStrip, swapsRun, Timeline } from "./timeline.tsx";

export function dashboardPage(frame: Frame, view: ExecutionView): string {
  const { workflow_id, workflow_slug, workflow_name, run_id } = view.execution;
  return page({
    frame,
    facts: {
      title: `Run ${executionName(run_id)}`,
      documentTitle: executionTitle(view),
      icon: executionState(view.execution).mark,
      section: "executions",
      // A workflow that is stored nowhere has no page.
      crumbs:
        workflow_id === null
          ? [{ name: "Executions", path: executionsPath }]
          : [
              { name: "Workflows", path: libraryPath },
              { name: workflow_name, path: workflowPath(workflow_slug) },
            ],
      hasOwnStream: true,
    },
    actions: <ExecutionControls view={view} />,
    children: <Run view={view} />,
  });
}

/** Everything on the page that changes with the stage, tab or view. */
function Run({ view }: { view: ExecutionView }): Html {
  return (
    <main id="main" class="exec" tabindex="-1" data-run={view.execution.run_id}>
      <div id="run" class="run">
        <div class="xhead">
          <ExecutionHead view={view} />
          <ExecutionProgress view={view} />
          <GateStrip view={view} isFollowed={isLive(view)} />
        </div>
        <StageStrip view={view} />
        <div class="split">
          <Stages view={view} />
          <StagePanel view={view} />
        </div>
        <RunStream view={view} />
      </div>
      <RunDialogs view={view} />
    </main>
  );
}

function Stages({ view }: { view: ExecutionView }): Html {
  const timeline = runPath(view, { view: "timeline" });
  const graph = runPath(view, { view: "graph" });
  return (
    <section class="left" id="stages" aria-labelledby="stages-title" tabindex="0">
      <header>
        <h2 id="stages-title">Stages</h2>
        <span class="seg" role="group" aria-label="Stage view">
          <a
            href={timeline}
            aria-current={view.address.view === "timeline" ? "true" : null}
            {...swapsRun(timeline)}
          >
            Timeline
          </a>
          <a href={graph} aria-current={view.address.view === "graph" ? "true" : null} {...swapsRun(graph)}>
            Graph
          </a>
        </span>
      </header>
      {view.address.view === "graph" ? <Graph view={view} /> : <Timeline view={view} />}
    </section>
  );
}

/** Follows the execution from the event this page was drawn at. Another id is another stream: a morph replaces it. */
function RunStream({ view }: { view: ExecutionView }): Html {
  const { execution, address, selected, log, transcript } = view;
  if (!isLive(view)) return <></>;
  const takesLines = log !== null && !log.hasLater && isGrowing(view);
  const takesEvents = transcript !== null && !transcript.hasLater && isGrowing(view);
  const url = withQuery(executionPath(execution.workflow_slug, execution.run_id, "live"), {
    after: execution.last_event,
    stage: selected?.stage_id,
    tab: address.tab === mainTab(view.hasTranscript) ? "" : address.tab,
    view: address.view,
    attempt: attemptOf(view),
    pinned: address.attempt === 0 ? "" : 1,
    search: address.search,
    stream: address.stream,
    level: address.level,
    line: takesLines ? log.last : "",
    counts: takesLines ? countsText(log) : "",
    first: takesEvents ? transcript.first : "",
  });
  const id = `stream-${selected?.stage_id}-${address.tab}-${address.view}-${attemptOf(view)}-${execution.last_event}`;
  return <div id={id} hidden hx-sse:connect={url} hx-sse:close="ended" hx-swap="none" data-stream></div>;
}

/** What `Last-Event-ID` says from then on. */
function countsText({ counts, levels }: LogTab): string {
  return [...logStreams.map((stream) => counts[stream]), levels.warn, levels.error].join(".");
}

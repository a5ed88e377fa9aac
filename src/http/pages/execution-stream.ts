import { executionState, stepState } from "../../../views/components/state.ts";
import { GateDialogs } from "../../../views/executions/gate-dialogs.tsx";
import { GateStrip, waitingGates } from "../../../views/executions/gates.tsx";
import { Graph } from "../../../views/executions/graph.tsx";
import { attemptOf, isGrowing } from "../../../views/executions/log-facts.ts";
import { LogNote } from "../../../views/executions/log.tsx";
import { ExecutionControls } from "../../../views/executions/execution-controls.tsx";
import {
  ExecutionHead,
  ExecutionProgress,
  executionTitle,
} from "../../../views/executions/execution-head.tsx";
import type { ExecutionView, Tab } from "../../../views/executions/execution-view.ts";
import { StageBody, StageHead, StagePanel } from "../../../views/executions/stage-panel.tsx";
import { StageChip, TimelineRow } from "../../../views/executions/timeline.tsx";
import type { Html } from "../../../views/jsx/jsx-runtime.ts";
import { SidebarLive } from "../../../views/layout/sidebar.tsx";
import type { StoredEvent } from "../../execution/event.ts";
import { hasEnded } from "../../execution/status.ts";
import { getExecution } from "../../store/executions.ts";
import { eventsAfter } from "../../store/feed.ts";
import type { Context } from "../server/server-parts.ts";
import { lastDecider } from "./decider-cookie.ts";
import { openPartialGrowth } from "./partial-growth.ts";
import { growPage, pageGrowth, growthAfter, growthIdOf, type PageGrowth } from "./page-growth.ts";
import { frameOf } from "./page-frame.ts";
import { fragments, message, pageStream } from "./page-stream.ts";
import { updatePart } from "../../../views/layout/fragment.ts";
import { readExecutionView, wholeOf, withLog } from "./read-execution-view.ts";

const eventsAtOnce = 2000;

interface StreamRequest {
  request: Request;
  runId: string;
  query: URLSearchParams;
}

/** Follows an execution for the page that shows it: each part whose state has changed, and the new lines of its log. */
export function executionStream(context: Context, given: StreamRequest): Response {
  const { request, runId, query } = given;
  getExecution(context.store, runId);
  const [, resumed, rest] =
    /^(\d{1,12})\.([\d.t]{0,120})$/.exec(request.headers.get("last-event-id") ?? "") ?? [];
  const follower: Follower = { context, given, growth: pageGrowth(query, rest ?? null) };
  const partial = openPartialGrowth((stageId) => context.feed.partialOf(runId, stageId));
  let seq = resumed === undefined ? wholeOf(query.get("after")) : Number(resumed);
  const idNow = (): string => `${seq}.${growthIdOf(follower.growth)}`;
  const partialNow = (): string => {
    const parts = partial.parts(follower.growth);
    return parts.length === 0 ? "" : fragments(idNow(), parts);
  };
  const changes = async (): Promise<string> => {
    let text = "";
    for (;;) {
      const events = eventsAfter(context.store, runId, seq, eventsAtOnce);
      const last = events.at(-1);
      if (!last) return text + partialNow();
      seq = last.seq;
      const before = follower.growth;
      const { html, messages } = await partsFor(follower, events);
      // A message takes the place of its parts at once. A new panel has to be there before they have a place in it.
      const more = follower.growth === before ? partial.parts(before) : [];
      text += fragments(idNow(), [...html, ...more]) + messages;
      if (events.length < eventsAtOnce) return text + partialNow();
    }
  };
  return pageStream(context, request, {
    topic: { kind: "run", run_id: runId },
    after: seq,
    changes,
    isOver: () => hasEnded(getExecution(context.store, runId).status),
  });
}

/** A page that follows the execution; another panel that it gets grows on from there. */
interface Follower {
  context: Context;
  given: StreamRequest;
  growth: PageGrowth | null;
}

interface Parts {
  html: Html[];
  messages: string;
}

async function partsFor(follower: Follower, events: readonly StoredEvent[]): Promise<Parts> {
  const { context, given } = follower;
  let made: ExecutionView | null = null;
  const view = (): ExecutionView => (made ??= viewNow(follower));
  const change = await growPage(follower, events, view, () => withLog(context, viewAnew(follower)));
  const lines = change.html;
  // Another panel has come, from another view.
  if (change.isNewPanel) made = null;
  const facts = events.filter(({ type }) => type !== "log_line");
  if (facts.length === 0) return { html: lines, messages: "" };
  const live = SidebarLive.update({ frame: frameOf(context, given.request), section: "executions" });
  return {
    html: [
      ...lines,
      ...headParts(view()),
      ...stageParts(view(), facts),
      ...gateParts(view(), facts),
      ...(change.isNewPanel ? [] : await panelParts(follower, view(), facts)),
      live,
      updatePart(
        "#say",
        "innerHTML",
        facts
          .map((event) => announcementOf(view(), event))
          .filter(Boolean)
          .join(". "),
      ),
    ],
    messages: message("state", JSON.stringify(stateOf(view(), facts))),
  };
}

/** The execution as it is now, at the page's own address: with the tab that it shows. */
function viewNow(follower: Follower): ExecutionView {
  return viewOf(follower, follower.growth?.kind ?? null);
}

/** The same with the tab that the page would show if it were opened now. */
function viewAnew(follower: Follower): ExecutionView {
  return viewOf(follower, null);
}

function viewOf({ context, given }: Follower, tab: Tab | null): ExecutionView {
  const { request, runId, query } = given;
  const address = new URLSearchParams(query);
  // It tells where the log of the page ends, and not what it shows.
  address.delete("line");
  if (tab !== null) address.set("tab", tab);
  if (query.get("pinned") !== "1") address.delete("attempt");
  return readExecutionView(context, runId, address, lastDecider(request));
}

function headParts(view: ExecutionView): Html[] {
  return [
    ExecutionHead.update({ view }),
    ExecutionProgress.update({ view }),
    ExecutionControls.update({ view }),
    GateStrip.update({ view, isFollowed: true }),
  ];
}

/** Only stages with something new. */
function stageParts(view: ExecutionView, facts: readonly StoredEvent[]): Html[] {
  const changed = new Set(facts.map(({ stage_id }) => stage_id));
  const steps = view.steps.filter(({ stage_id }) => changed.has(stage_id));
  const chips = steps.map((step) => StageChip.update({ view, step }));
  if (view.address.view === "graph") return [...chips, Graph.update({ view })];
  const rows = steps.map((step) => TimelineRow.update({ view, step }));
  return [...rows, ...chips];
}

/** A gate that begins to wait brings the dialogs that decide it. */
function gateParts(view: ExecutionView, facts: readonly StoredEvent[]): Html[] {
  const keyOf = (stage: string, request: string | null): string => JSON.stringify([stage, request]);
  const asked = new Set(
    facts.flatMap((event) =>
      event.type === "gate_waiting"
        ? keyOf(event.stage_id, "request_id" in event.data ? event.data.request_id : null)
        : [],
    ),
  );
  return waitingGates(view)
    .filter(({ step, request }) => asked.has(keyOf(step.stage_id, request?.id ?? null)))
    .map((gate) => GateDialogs.update({ gate }));
}

async function panelParts(
  follower: Follower,
  view: ExecutionView,
  facts: readonly StoredEvent[],
): Promise<Html[]> {
  const { context, growth } = follower;
  const { selected, address } = view;
  if (!selected || !facts.some(({ stage_id }) => stage_id === selected.stage_id)) return [];
  // When the stage tries again, its panel shows the new attempt from its start.
  if (growth && address.attempt === 0 && attemptOf(view) > growth.attempt) {
    const anew = await withLog(context, viewAnew(follower));
    follower.growth = growthAfter(growth, anew);
    return [StagePanel.update({ view: anew })];
  }
  const head = StageHead.update({ view });
  if (address.tab === "log" || address.tab === "transcript") return [head, ...noteOf(view, growth)];
  return [head, StageBody.update({ view: await withLog(context, view) })];
}

/** A log without lines shows another text once no line can come any more. */
function noteOf(view: ExecutionView, growth: PageGrowth | null): Html[] {
  if (growth?.kind !== "log" || growth.line > 0) return [];
  return [LogNote.update({ view, isEmpty: true })];
}

/** The announcement for a screen reader, once. */
function announcementOf({ execution, steps }: ExecutionView, { type, stage_id }: StoredEvent): string {
  if (stage_id !== null) {
    const step = steps.find((each) => each.stage_id === stage_id);
    return step ? `${step.stage_name}: ${stepState(step).word}` : "";
  }
  return type === "execution_started" ? "" : `${execution.workflow_name}: ${executionState(execution).word}`;
}

/** For the tab's title and icon, for a notification, and for whoever follows the log. */
function stateOf(view: ExecutionView, facts: readonly StoredEvent[]) {
  const { mark, word } = executionState(view.execution);
  const isNews = facts.some(({ type }) => type === "gate_waiting" || type === "execution_completed");
  return {
    title: `${executionTitle(view)} · skillmeat`,
    mark,
    notify: isNews ? `${view.execution.workflow_name}: ${word}` : null,
    grows: isGrowing(view),
  };
}

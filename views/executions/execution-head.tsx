import { spentRatio } from "../../src/execution/budget.ts";
import type { ExecutionRecord } from "../../src/execution/record.ts";
import { hasEnded } from "../../src/execution/status.ts";
import { budgetTexts } from "../../src/workflow/budget-text.ts";
import { Badge } from "../components/badge.tsx";
import { Folder } from "../components/folder.tsx";
import { Icon } from "../components/icon.tsx";
import { executionName } from "../components/execution-name.ts";
import { executionState, stepState, type Mark } from "../components/state.ts";
import { Elapsed, Moment } from "../components/time.tsx";
import { costText, totalTokensText } from "../components/usage-text.ts";
import type { Html } from "../jsx/jsx-runtime.ts";
import { fragment } from "../layout/fragment.ts";
import type { ExecutionView } from "./execution-view.ts";
import { RaiseBudget } from "./raise-budget.tsx";
import { subjectParameter } from "./subject-parameter.ts";

/** The execution's name and state, in one line. */
export const ExecutionHead = fragment<{ view: ExecutionView }>("run-head", "outerMorph", ({ view }, id) => {
  const { execution, now } = view;
  const { started_at, created_at, completed_at, workflow_name, run_id, error_message, parent_id } = execution;
  return (
    <div id={id} class="xtitle" data-event={execution.last_event}>
      <h1>
        {`${workflow_name} `}
        <span>{subjectOf(view)}</span>
      </h1>
      <Badge state={executionState(execution)} />
      <div class="facts">
        <span>
          <Icon name="calendar-clock" size="s" />
          <span>
            <span class="desk">Started </span>
            <Moment at={started_at ?? created_at} now={now} />
          </span>
        </span>
        <span>
          <Icon name="timer" size="s" />
          <Elapsed start={started_at ?? created_at} end={completed_at} now={now} />
        </span>
        <span class="desk">
          <Icon name="user-round" size="s" />
          {execution.trigger}
        </span>
        <span class="desk">
          <Icon name="git-branch" size="s" />
          <code>{`v${execution.workflow_version}`}</code>
        </span>
        <span class="desk">
          <Icon name="terminal" size="s" />
          <Folder path={execution.options.workdir} />
        </span>
        <Cost view={view} />
      </div>
      {error_message === null ? null : <p class="run-error failed">{error_message}</p>}
      <RaiseBudget execution={execution} />
      {parent_id === null ? null : <p class="run-parent">{`Runs ${executionName(parent_id)} again`}</p>}
      <span class="vh">{`Run ${run_id}`}</span>
    </div>
  );
});

function Cost({ view: { execution } }: { view: ExecutionView }): Html {
  const tokens = totalTokensText(execution.usage);
  const cost = costText(execution.usage);
  if (tokens === null && cost === null && execution.budget === null) return <></>;
  return (
    <span>
      <Icon name="coins" size="s" />
      <span class="num">{[tokens, cost].filter((part) => part !== null).join(" · ")}</span>
      <Budget execution={execution} />
    </span>
  );
}

/** How much of its budget the execution has used; nothing where it has none. */
function Budget({ execution: { budget, usage } }: Pick<ExecutionView, "execution">): Html {
  const ratio = spentRatio(budget, usage);
  const used = ratio === null ? "an unknown part" : `${Math.floor(ratio * 100)} %`;
  if (budget === null) return <></>;
  return (
    <span class="budget">
      {ratio === null ? null : (
        <progress max={1} value={Math.min(1, ratio)} aria-label="Budget used">
          {used}
        </progress>
      )}
      {`${used} of ${budgetTexts(budget).join(", ")}`}
    </span>
  );
}

/** What this run is about, else the end of its id. */
function subjectOf({ execution }: ExecutionView): string {
  return subjectParameter(execution) ?? executionName(execution.run_id);
}

/** With more segments, the gaps between them would take all their room on a phone. */
const mostApart = 40;

/** One segment a stage, in order. */
export const ExecutionProgress = fragment<{ view: ExecutionView }>(
  "run-progress",
  "outerMorph",
  ({ view: { steps, execution } }, id) => {
    const marks = steps.map((step) => stepState(step).mark);
    const text = progressText(execution, marks);
    return (
      <div id={id} class="prog">
        <div
          class={marks.length > mostApart ? "segs dense" : "segs"}
          role="progressbar"
          aria-label="Stages finished"
          aria-valuemin={0}
          aria-valuemax={execution.progress_total}
          aria-valuenow={execution.progress_done}
          aria-valuetext={text}
        >
          {marks.map((mark) => (
            <i class={mark} data-s={mark === "pending" ? null : true}></i>
          ))}
        </div>
        <p>
          <b>{`${execution.progress_done} of ${execution.progress_total}`}</b>
          {text.slice(text.indexOf(" finished"))}
        </p>
      </div>
    );
  },
);

const counted: readonly [Mark, string][] = [
  ["running", "running"],
  ["retrying", "retrying"],
  ["waiting", "waiting"],
  ["failed", "failed"],
  ["skipped", "skipped"],
  ["cancelled", "cancelled"],
];

/** `6 of 10 finished · 1 running · 1 waiting`; what failed or was skipped is finished too, as in lists and the API. */
export function progressText(
  { progress_done, progress_total }: Pick<ExecutionRecord, "progress_done" | "progress_total">,
  marks: readonly Mark[],
): string {
  const parts = counted.flatMap(([mark, word]) => {
    const count = marks.filter((each) => each === mark).length;
    return count === 0 ? [] : [`${count} ${word}`];
  });
  return [`${progress_done} of ${progress_total} finished`, ...parts].join(" · ");
}

/** What the browser's tab says. */
export function executionTitle({ execution }: ExecutionView): string {
  const { word } = executionState(execution);
  return `${word} · ${execution.workflow_name} ${executionName(execution.run_id)}`;
}

export function isLive({ execution }: ExecutionView): boolean {
  return !hasEnded(execution.status);
}

import { Icon } from "../components/icon.tsx";
import type { IconName } from "../components/icon-names.ts";
import { executionName } from "../components/execution-name.ts";
import type { Html } from "../jsx/jsx-runtime.ts";
import { comesAlong, fragment } from "../layout/fragment.ts";
import { Dialog } from "../layout/dialogs.tsx";
import { executionPath } from "../paths.ts";
import { GateDialogs } from "./gate-dialogs.tsx";
import { waitingGates } from "./gates.tsx";
import { isLive } from "./execution-head.tsx";
import { limitsToRaise } from "./raise-budget.tsx";
import type { ExecutionView } from "./execution-view.ts";

/** The actions that the execution allows at present. */
export const ExecutionControls = fragment<{ view: ExecutionView }>(
  "run-controls",
  "outerMorph",
  ({ view }, id) => {
    const { status } = view.execution;
    const hasFailed = status === "failed" || status === "cancelled";
    return (
      <div id={id} class="run-controls" data-holds-focus {...comesAlong}>
        <button type="button" class="btn ghost sm desk" command="show-modal" commandfor="run-cli">
          <Icon name="terminal" size="s" />
          Copy as CLI
        </button>
        <button
          type="button"
          class="btn ghost icon sm"
          data-notify
          hidden
          aria-pressed="false"
          aria-label="Notify me"
        >
          <Icon name="bell" size="s" />
        </button>
        {status === "paused" && limitsToRaise(view.execution).length === 0 ? (
          <Control view={view} action="resume" icon="play" name="Resume" />
        ) : null}
        {status === "running" ? <Control view={view} action="pause" icon="pause" name="Pause" /> : null}
        {isLive(view) ? (
          <button
            type="button"
            class="btn sm danger"
            id="run-cancel-button"
            command="show-modal"
            commandfor="run-cancel"
          >
            <Icon name="square" size="s" />
            <span>Cancel</span>
          </button>
        ) : (
          <Control view={view} action="rerun" icon="rotate-cw" name="Re-run" />
        )}
        {hasFailed ? (
          <Control view={view} action="rerun-from-failed" icon="skip-forward" name="Re-run from failed" />
        ) : null}
      </div>
    );
  },
);

interface ControlProps {
  view: ExecutionView;
  action: "pause" | "resume" | "rerun" | "rerun-from-failed";
  icon: IconName;
  name: string;
}

const becoming: Record<ControlProps["action"], string> = {
  pause: "Pausing…",
  resume: "Resuming…",
  rerun: "Starting…",
  "rerun-from-failed": "Starting…",
};

const toggles: ReadonlySet<string> = new Set(["pause", "resume"]);

function Control({ view: { execution }, action, icon, name }: ControlProps): Html {
  const path = executionPath(execution.workflow_slug, execution.run_id, action);
  return (
    // Pause and Resume are one switch for who has the focus on it; everything else is a control of its own.
    <form
      id={`run-${toggles.has(action) ? "toggle" : action}`}
      method="post"
      action={path}
      hx-post={path}
      hx-swap="none"
    >
      <button class="btn sm" data-action={action} data-becomes={becoming[action]}>
        <Icon name={icon} size="s" />
        <span>{name}</span>
      </button>
    </form>
  );
}

/** The dialogs stay where they are when the controls are swapped. */
export function RunDialogs({ view }: { view: ExecutionView }): Html {
  const { execution } = view;
  const cancel = executionPath(execution.workflow_slug, execution.run_id, "cancel");
  return (
    <>
      <div id="gate-dialogs" {...comesAlong}>
        {waitingGates(view).map((gate) => (
          <GateDialogs gate={gate} />
        ))}
      </div>
      <Dialog id="run-cancel" title={`Cancel run ${executionName(execution.run_id)}?`}>
        <form class="form" method="post" action={cancel} hx-post={cancel} hx-swap="none" data-closes>
          <p>Agents that run are stopped; all that has not finished becomes cancelled. What is done stays.</p>
          <div class="acts">
            <button type="button" class="btn" command="close" commandfor="run-cancel" autofocus>
              Let it run
            </button>
            <button class="btn danger" data-action="cancel" data-becomes="Cancelling…">
              Cancel the run
            </button>
          </div>
        </form>
      </Dialog>
      <Dialog id="run-cli" title="The same from a terminal" isWide>
        <CommandLines view={view} />
      </Dialog>
    </>
  );
}

function CommandLines({ view: { execution } }: { view: ExecutionView }): Html {
  const { run_id, workflow_slug, parameters } = execution;
  const given = Object.entries(parameters).map(
    ([name, value]) =>
      `--param ${quoteWord(`${name}=${typeof value === "string" ? value : JSON.stringify(value)}`)}`,
  );
  const lines: readonly [string, string][] = [
    ["Follow it", `skillmeat workflow runs ${run_id} --follow`],
    ["Read its logs", `skillmeat workflow runs ${run_id} --logs`],
    ["Run the same", ["skillmeat workflow run", quoteWord(workflow_slug), ...given].join(" ")],
  ];
  return (
    <div class="rows">
      {lines.map(([name, line]) => (
        <CommandLine name={name} line={line} />
      ))}
    </div>
  );
}

/** A line for a shell, to be copied. */
export function CommandLine({ name, line }: { name: string; line: string }): Html {
  return (
    <section class="command-line">
      <h3>{name}</h3>
      <pre class="source wraps" tabindex="0">
        {line}
      </pre>
      <button type="button" class="btn sm" data-copy={line} hidden aria-label={`Copy: ${name}`}>
        <Icon name="copy" size="s" />
        Copy
      </button>
    </section>
  );
}

/** A text as one word of a POSIX shell. */
export function quoteWord(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`;
}

import { formatDuration, parseDuration } from "../../src/workflow/duration.ts";
import { Badge } from "../components/badge.tsx";
import { Icon } from "../components/icon.tsx";
import { Menu } from "../components/menu.tsx";
import { stepState } from "../components/state.ts";
import { costText, tokensText } from "../components/usage-text.ts";
import type { Child, Html } from "../jsx/jsx-runtime.ts";
import { fragment } from "../layout/fragment.ts";
import { withQuery } from "../paths.ts";
import { LogPanel } from "./log.tsx";
import { runPath, type ExecutionView } from "./execution-view.ts";
import { StageChanges } from "./stage-changes.tsx";
import { StageContext, StageFiles, StageInput, StageOutput, StageYaml } from "./stage-values.tsx";
import { StageTabs } from "./stage-tabs.tsx";
import { TranscriptPanel } from "./transcript.tsx";
import { StepSpan } from "./timeline.tsx";
import { stageKind } from "../../src/workflow/stage-kind.ts";

/** Everything of the chosen stage. */
export const StagePanel = fragment<{ view: ExecutionView }>("stage", "outerHTML", ({ view }, id) => {
  if (!view.selected) return <section class="right"></section>;
  return (
    <section class="right" id={id} aria-labelledby="stage-title">
      <StageHead view={view} />
      <StageTabs view={view} />
      <StageBody view={view} />
    </section>
  );
});

/** Its state and facts; swapped alone when only these change. */
export const StageHead = fragment<{ view: ExecutionView }>("stage-head", "outerMorph", ({ view }, id) => {
  const step = view.selected;
  if (!step) return <></>;
  const stage = view.definition?.stages.find(({ id }) => id === step.stage_id);
  const timeout = stage ? parseDuration(stage.gate?.timeout ?? stage.error_policy.timeout) : null;
  return (
    <div id={id}>
      <header class="dhead">
        <h2 id="stage-title" tabindex="-1">
          {step.stage_name}
        </h2>
        <Badge state={stepState(step)} />
        <span class="type desk">
          <Icon name={stageKind(step.type).icon} size="xs" />
          {stageKind(step.type).word}
        </span>
        <div class="end">
          <AttemptMenu view={view} />
        </div>
      </header>
      <dl class="kv">
        {step.agent_id === null ? null : (
          <Fact name="Agent" value={<AgentLink reference={step.agent_id} />} />
        )}
        {step.model === null ? null : <Fact name="Model" value={step.model} />}
        {step.started_at === null ? null : (
          <Fact name="Elapsed" value={<StepSpan step={step} now={view.now} />} />
        )}
        <Fact name="Tokens" value={tokensText(step.usage)} />
        <Fact name="Cost" value={costText(step.usage)} />
        <Fact name="Timeout" value={timeout === null ? null : formatDuration(timeout)} />
        <Fact name="Decided by" value={step.decided_by} />
      </dl>
      <Trouble view={view} />
    </div>
  );
});

function Fact({ name, value }: { name: string; value: Child }): Html {
  if (value === null) return <></>;
  return (
    <div>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </div>
  );
}

export function AgentLink({ reference }: { reference: string }): Html {
  const name = reference.replace(/^agent:/, "");
  return (
    <a class="ref" href={`${withQuery("/agents", { search: name })}#${encodeURIComponent(name)}`}>
      {name}
    </a>
  );
}

/** Why it failed, was left out, or what was said about it. */
function Trouble({ view: { selected: step } }: { view: ExecutionView }): Html {
  if (!step) return <></>;
  const { error_message, error_class, skip_reason, decision_comment } = step;
  if (error_message !== null) {
    return (
      <div class="notice failed" role="note">
        <Icon name="circle-x" />
        <p>
          {error_class === null ? null : <b>{`${error_class}: `}</b>}
          {error_message}
        </p>
      </div>
    );
  }
  const said = skip_reason ?? decision_comment;
  if (said === null) return <></>;
  return (
    <div class={skip_reason === null ? "notice waiting" : "notice skipped"} role="note">
      <p>{said}</p>
    </div>
  );
}

function AttemptMenu({ view }: { view: ExecutionView }): Html {
  const attempts = view.selected?.attempts ?? [];
  if (attempts.length < 2) return <></>;
  const shown = view.address.attempt === 0 ? attempts.length : view.address.attempt;
  const label = `Attempt ${shown} of ${attempts.length}`;
  return (
    <Menu id="attempts" icon="rotate-ccw" label={label} text={label}>
      {attempts.toReversed().map(({ number, status, error_class }) => (
        <li>
          <a href={runPath(view, { attempt: number })} aria-current={number === shown ? "true" : null}>
            {`Attempt ${number}`}
            <span class="n">{error_class ?? status}</span>
          </a>
        </li>
      ))}
    </Menu>
  );
}

/** What the tab shows; swapped when the stage has ended. The log only grows. */
export const StageBody = fragment<{ view: ExecutionView }>("stage-body", "outerMorph", ({ view }) => {
  const { tab } = view.address;
  switch (tab) {
    case "transcript":
      return <TranscriptPanel view={view} />;
    case "log":
      return <LogPanel view={view} />;
    case "output":
      return <StageOutput view={view} />;
    case "changes":
      return <StageChanges view={view} />;
    case "input":
      return <StageInput view={view} />;
    case "context":
      return <StageContext view={view} />;
    case "files":
      return <StageFiles view={view} />;
    case "yaml":
      return <StageYaml view={view} />;
    default:
      return tab satisfies never;
  }
});

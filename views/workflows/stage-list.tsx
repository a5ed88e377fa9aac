import { budgetTexts } from "../../src/workflow/budget-text.ts";
import { formatDuration, parseDuration } from "../../src/workflow/duration.ts";
import type { EffectiveDefinition, EffectiveGate, EffectiveStage } from "../../src/workflow/effective.ts";
import { usual } from "../../src/workflow/defaults.ts";
import { batchesOf } from "../../src/workflow/graph.ts";
import { Icon } from "../components/icon.tsx";
import { plural } from "../components/usage-text.ts";
import type { Child, Html } from "../jsx/jsx-runtime.ts";
import { stageKind } from "../../src/workflow/stage-kind.ts";

type ListProps = Pick<EffectiveDefinition, "stages" | "error_policy" | "config">;

/** What holds for each stage that says nothing of it: said once in the settings, not on every card. */
interface UsualSettings {
  attempts: number;
  onFailure: string;
  workspace: string;
  permissions: string;
  commit: string;
}

/** The stages as they would run: batch by batch, those of one batch side by side. */
export function StageList({ stages, error_policy: policy, config }: ListProps): Html {
  const usually = {
    attempts: policy.default_retry.max_attempts,
    onFailure: policy.on_stage_failure === "continue" ? "continue" : "halt",
    workspace: config.workspace,
    permissions: config.permissions,
    commit: config.commit,
  };
  const byId = new Map(stages.map((stage) => [stage.id, stage]));
  return (
    <div class="sheet">
      {batchesOf(stages).map((batch, at) => (
        <section class="batch" aria-label={`Step ${at + 1}`}>
          <h2>{batch.length === 1 ? `Step ${at + 1}` : `Step ${at + 1} · ${batch.length} in parallel`}</h2>
          <div>
            {batch.map((id) => {
              const stage = byId.get(id);
              return stage ? <StageItem stage={stage} usually={usually} /> : null;
            })}
          </div>
        </section>
      ))}
    </div>
  );
}

function StageItem({ stage, usually }: { stage: EffectiveStage; usually: UsualSettings }): Html {
  const { id, name, description, type, condition, roles, depends_on, gate } = stage;
  return (
    <article class="item" id={`stage-${id}`}>
      <header>
        <h3>{name}</h3>
        <span class="type">
          <Icon name={stageKind(type).icon} size="xs" />
          {type}
        </span>
        <code class="muted">{id}</code>
      </header>
      {description === null ? null : <p>{description}</p>}
      <dl class="facts-list">
        {roles === null ? null : (
          <Fact name="Agent">
            <Reference name={roles.primary.artifact} />
            {roles.primary.model === null ? null : <span class="muted">{` ${roles.primary.model}`}</span>}
          </Fact>
        )}
        {roles === null || roles.tools.length === 0 ? null : <References name="Tools" refs={roles.tools} />}
        {stage.context.modules.length === 0 ? null : (
          <References name="Context" refs={stage.context.modules} />
        )}
        {condition === null ? null : (
          <Fact name="Only if">
            <code>{condition}</code>
          </Fact>
        )}
        {depends_on.length === 0 ? null : <Fact name="After">{depends_on.join(", ")}</Fact>}
        <Names name="Inputs" of={stage.inputs} />
        <Names name="Outputs" of={stage.outputs} />
        {gate ? <GateFacts gate={gate} /> : <RunFacts stage={stage} usually={usually} />}
      </dl>
    </article>
  );
}

function GateFacts({ gate }: { gate: EffectiveGate }): Html {
  return (
    <>
      <Fact name="Asks">{gate.message ?? "for a decision"}</Fact>
      {gate.approvers.length === 0 ? null : <Fact name="May decide">{gate.approvers.join(", ")}</Fact>}
      {gate.timeout === usual.gateTimeout && gate.on_timeout === "halt" ? null : (
        <Fact name="Deadline">{`${durationText(gate.timeout)}, then ${gate.on_timeout.replace("_", " ")}`}</Fact>
      )}
    </>
  );
}

function RunFacts({ stage, usually }: { stage: EffectiveStage; usually: UsualSettings }): Html {
  const { timeout, idle_timeout, retry, on_failure } = stage.error_policy;
  const { max_attempts } = retry;
  return (
    <>
      {timeout === usual.timeout ? null : <Fact name="Timeout">{durationText(timeout)}</Fact>}
      {idle_timeout === null ? null : <Fact name="Silent at most">{durationText(idle_timeout)}</Fact>}
      {max_attempts === usually.attempts ? null : <Fact name="Tries">{plural(max_attempts, "attempt")}</Fact>}
      {stage.workspace === usually.workspace ? null : (
        <Fact name="Works in">{workspaceWords[stage.workspace]}</Fact>
      )}
      {stage.permissions === usually.permissions ? null : (
        <Fact name="What no rule allows">{permissionWords[stage.permissions]}</Fact>
      )}
      {stage.workspace === "shared" || stage.commit === usually.commit ? null : (
        <Fact name="Commits">{commitWords[stage.commit]}</Fact>
      )}
      {stage.budget === null ? null : <Fact name="Budget">{budgetTexts(stage.budget).join(", ")}</Fact>}
      {on_failure === usually.onFailure ? null : (
        <Fact name="On failure">{on_failure.replace("_", " ")}</Fact>
      )}
    </>
  );
}

export const commitWords = {
  never: "never",
  success: "its changes, when it has succeeded",
} as const;

export const workspaceWords = {
  shared: "the run's directory, with the others",
  worktree: "a git worktree of its own",
} as const;

export const permissionWords = {
  deny: "is denied, and the agent goes on",
  fail: "is denied, and the attempt fails",
  ask: "is asked of people while the agent waits",
} as const;

function durationText(text: string): string {
  const ms = parseDuration(text);
  return ms === null ? text : formatDuration(ms);
}

export function Fact({ name, children }: { name: string; children?: Child }): Html {
  return (
    <>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </>
  );
}

function Names({ name, of }: { name: string; of: Readonly<Record<string, { type: string }>> }): Html {
  const entries = Object.entries(of);
  if (entries.length === 0) return <></>;
  return <Fact name={name}>{entries.map(([each, { type }]) => `${each}: ${type}`).join(", ")}</Fact>;
}

export function References({ name, refs }: { name: string; refs: readonly string[] }): Html {
  return (
    <Fact name={name}>
      {refs.map((reference) => (
        <>
          <Reference name={reference} />{" "}
        </>
      ))}
    </Fact>
  );
}

const places: Record<string, string> = { agent: "/agents", skill: "/skills", ctx: "/context" };

/** An artifact's badge leads to where the collection has it. */
export function Reference({ name: reference }: { name: string }): Html {
  const colon = reference.indexOf(":");
  const type = reference.slice(0, colon);
  const name = reference.slice(colon + 1);
  const place = Object.hasOwn(places, type) ? places[type] : undefined;
  if (place === undefined) return <span class="ref">{reference}</span>;
  return (
    <a class="ref" href={`${place}#${encodeURIComponent(name)}`}>
      {reference}
    </a>
  );
}

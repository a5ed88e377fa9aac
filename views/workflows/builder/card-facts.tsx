import { formatDuration, parseDuration } from "../../../src/workflow/duration.ts";
import { usual } from "../../../src/workflow/defaults.ts";
import type { EffectiveRole, EffectiveStage } from "../../../src/workflow/effective.ts";
import { Icon } from "../../components/icon.tsx";
import type { IconName } from "../../components/icon-names.ts";
import { plural } from "../../components/usage-text.ts";
import type { Html } from "../../jsx/jsx-runtime.ts";

/** The facts of a stage at a glance. */
export function CardFacts({ stage }: { stage: EffectiveStage }): Html {
  const { roles, gate, context, condition, depends_on, error_policy } = stage;
  const values = Object.keys(stage.inputs).length + Object.keys(stage.outputs).length;
  const isUsualTimeout = error_policy.timeout === usual.timeout;
  return (
    <ul class="card-facts">
      {roles === null ? null : <Fact icon="bot" name="Agent" text={agentText(roles.primary)} />}
      {roles === null || roles.tools.length === 0 ? null : (
        <Fact icon="wrench" name="Tools" text={plural(roles.tools.length, "tool")} />
      )}
      {context.modules.length === 0 ? null : (
        <Fact icon="layers" name="Context" text={plural(context.modules.length, "module")} />
      )}
      {values === 0 ? null : (
        <Fact
          icon="arrow-up-down"
          name="Values"
          text={`${Object.keys(stage.inputs).length} in, ${Object.keys(stage.outputs).length} out`}
        />
      )}
      {gate === null ? (
        isUsualTimeout ? null : (
          <Fact icon="timer" name="Timeout" text={shortDuration(error_policy.timeout)} />
        )
      ) : (
        <>
          <Fact icon="user-round" name="May decide" text={gate.approvers.join(", ") || "anybody"} />
          <Fact
            icon="timer"
            name="Deadline"
            text={`${shortDuration(gate.timeout)}, then ${gate.on_timeout.replace("_", " ")}`}
          />
        </>
      )}
      {depends_on.length === 0 ? null : (
        <Fact icon="git-branch" name="After" text={`after ${depends_on.join(", ")}`} />
      )}
      {condition === null ? null : <Fact icon="git-fork" name="Only if" text={`if ${condition}`} isCode />}
    </ul>
  );
}

/** A model that the stage does not name may be the agent's own. */
function agentText({ artifact, model }: EffectiveRole): string {
  return model === null ? artifact : `${artifact} · ${model}`;
}

function Fact({
  icon,
  name,
  text,
  isCode = false,
}: {
  icon: IconName;
  name: string;
  text: string;
  isCode?: boolean;
}): Html {
  return (
    <li class={isCode ? "is-code" : null}>
      <Icon name={icon} size="xs" />
      <span class="vh">{`${name}: `}</span>
      {isCode ? <code>{text}</code> : <span>{text}</span>}
    </li>
  );
}

function shortDuration(text: string): string {
  const ms = parseDuration(text);
  return ms === null ? text : formatDuration(ms);
}

import { formatDuration } from "../../src/workflow/duration.ts";
import type { Finding } from "../../src/workflow/finding.ts";
import type { Plan } from "../../src/workflow/plan.ts";
import { Icon } from "../components/icon.tsx";
import { plural } from "../components/usage-text.ts";
import type { Html } from "../jsx/jsx-runtime.ts";
import { stageKind } from "../../src/workflow/stage-kind.ts";

/** What would run, step by step. */
export function PlanPreview({ plan }: { plan: Plan | null }): Html {
  if (plan === null) return <p class="muted">The plan shows when the fields are filled in.</p>;
  const stages = plan.batches.reduce((count, batch) => count + batch.stages.length, 0);
  const longest = formatDuration(plan.estimated_seconds * 1000);
  const critical = new Set(plan.critical_path);
  const { preflight } = plan;
  const missing = plan.artifacts.filter(
    ({ ref, resolved }) => !resolved && !preflight.some(({ message }) => message.includes(`"${ref}"`)),
  );
  return (
    <section class="item plan" aria-labelledby="plan-title">
      <header>
        <h2 id="plan-title">Plan</h2>
        <span class="muted">
          {`${plural(stages, "stage")} in ${plural(plan.batches.length, "step")}, ${longest} at most`}
        </span>
      </header>
      <ol>
        {plan.batches.map((batch) => (
          <li>
            <b class="num">{batch.index}</b>
            <span>
              {batch.stages.map((stage) => (
                <span class={critical.has(stage.id) ? "planned critical" : "planned"}>
                  <Icon name={stageKind(stage.type).icon} size="xs" />
                  {stage.name}
                  {stage.condition === null ? null : <small class="muted"> if</small>}
                </span>
              ))}
            </span>
          </li>
        ))}
      </ol>
      {preflight.length === 0 ? null : <Obstacles findings={preflight} />}
      {missing.length === 0 ? null : (
        <div class="notice paused">
          <Icon name="triangle-alert" />
          <p>{`Not found: ${missing.map(({ ref }) => ref).join(", ")}`}</p>
        </div>
      )}
    </section>
  );
}

/** What keeps the run from starting here; each with its way out. */
function Obstacles({ findings }: { findings: readonly Finding[] }): Html {
  return (
    <div class="notice failed">
      <Icon name="circle-x" />
      <ul>
        {findings.map(({ message, hint }) => (
          <li>{hint === null ? message : `${message}. ${hint}`}</li>
        ))}
      </ul>
    </div>
  );
}

import type { EffectiveParameter } from "../../src/workflow/effective.ts";
import type { Plan } from "../../src/workflow/plan.ts";
import { Icon } from "../components/icon.tsx";
import type { Html } from "../jsx/jsx-runtime.ts";
import type { Frame } from "../layout/frame.ts";
import { page } from "../layout/page.tsx";
import { libraryPath, workflowPath } from "../paths.ts";
import { ParameterField } from "./parameter-field.tsx";
import { PlanPreview } from "./plan-preview.tsx";
import { WorkdirField, type WorkdirChoice } from "./workdir-field.tsx";

/** A run before it starts: what is asked for, what stands in the fields, what is wrong with it. */
export interface RunForm {
  slug: string;
  name: string;
  parameters: Readonly<Record<string, EffectiveParameter>>;
  /** The text in each field. */
  texts: ReadonlyMap<string, string>;
  /** What is wrong with a field, by its name. */
  problems: ReadonlyMap<string, string>;
  /** What is wrong with the whole. */
  trouble: string | null;
  /** True when the texts are those of the last run. */
  isLast: boolean;
  /** Null where a run may change nothing. */
  overrides: RunOverrides | null;
  workdir: WorkdirChoice;
  /** Null while the fields make none. */
  plan: Plan | null;
}

export interface RunOverrides {
  /** Stages with the agent that does them, and the one that was chosen instead. */
  agents: readonly { stage: string; name: string; agent: string; chosen: string }[];
  known: readonly string[];
  modules: string;
  knownModules: readonly string[];
}

export function runFormPage(frame: Frame, form: RunForm): string {
  const { slug, name } = form;
  return page({
    frame,
    facts: {
      title: `Run ${name}`,
      section: "workflows",
      hasRunForm: true,
      crumbs: [
        { name: "Workflows", path: libraryPath },
        { name, path: workflowPath(slug) },
      ],
    },
    children: (
      <main id="main" class="scroll" tabindex="-1">
        <div class="sheet">
          <h1>{`Run ${name}`}</h1>
          <RunFormBody form={form} />
        </div>
      </main>
    ),
  });
}

/** The form, on its own page and in the dialog alike. */
export function RunFormBody({ form }: { form: RunForm }): Html {
  const { slug, parameters, trouble, isLast, overrides } = form;
  const path = workflowPath(slug, "run");
  const names = Object.entries(parameters);
  return (
    <form
      id="run-form"
      class="form"
      method="post"
      action={path}
      hx-post={path}
      hx-target="#run-form"
      hx-select="#run-form"
      hx-swap="outerMorph"
    >
      {trouble === null ? null : <Notice text={trouble} />}
      <div class="two">
        <div class="form">
          {names.length === 0 ? <p class="muted">This workflow takes no parameters.</p> : null}
          {isLast ? <p class="hint">The values are those of the last run.</p> : null}
          {names.map(([name, parameter]) => (
            <ParameterField
              name={name}
              parameter={parameter}
              text={form.texts.get(name) ?? ""}
              problem={form.problems.get(name) ?? null}
            />
          ))}
          {overrides === null ? null : (
            <Overrides overrides={overrides} problem={form.problems.get("overrides") ?? null} />
          )}
          <WorkdirField choice={form.workdir} />
        </div>
        <div
          id="plan-preview"
          hx-post={workflowPath(slug, "run/plan")}
          hx-trigger="input from:#run-form delay:250ms"
          hx-sync="replace"
          hx-include="closest form"
          hx-swap="innerHTML"
        >
          <PlanPreview plan={form.plan} />
        </div>
      </div>
      <div class="acts">
        <a class="btn" href={workflowPath(slug)} data-close-dialog>
          Not now
        </a>
        <button class="btn primary" data-becomes="Starting…">
          <Icon name="play" size="s" />
          <span>Run</span>
        </button>
      </div>
    </form>
  );
}

/** `hasFocus`: it is what a form that was sent has led to. */
export function Notice({ text, hasFocus = false }: { text: string; hasFocus?: boolean }): Html {
  return (
    <div class="notice failed" role="alert" tabindex={hasFocus ? "-1" : null} autofocus={hasFocus}>
      <Icon name="circle-x" />
      <p>{text}</p>
    </div>
  );
}

function Overrides({ overrides, problem }: { overrides: RunOverrides; problem: string | null }): Html {
  const isChanged = overrides.modules !== "" || overrides.agents.some(({ chosen }) => chosen !== "");
  return (
    <details open={isChanged || problem !== null}>
      <summary class="btn ghost sm">
        <Icon name="chevron-right" size="xs" />
        Other agents or context for this run
      </summary>
      <fieldset>
        <legend class="vh">Overrides</legend>
        {problem === null ? null : <p class="bad">{problem}</p>}
        {overrides.agents.map(({ stage, name, agent, chosen }) => (
          <div class="row">
            <label for={`agent-${stage}`}>{`Agent of ${name}`}</label>
            <input
              class="text"
              id={`agent-${stage}`}
              name={`agent.${stage}`}
              value={chosen}
              placeholder={agent}
              list="known-agents"
              autocomplete="off"
            />
          </div>
        ))}
        <div class="row">
          <label for="run-modules">More context modules</label>
          <input
            class="text"
            id="run-modules"
            name="modules"
            value={overrides.modules}
            placeholder="ctx:rules, ctx:style"
            list="known-modules"
            autocomplete="off"
          />
        </div>
        <Known id="known-agents" names={overrides.known} />
        <Known id="known-modules" names={overrides.knownModules} />
      </fieldset>
    </details>
  );
}

function Known({ id, names }: { id: string; names: readonly string[] }): Html {
  return (
    <datalist id={id}>
      {names.map((name) => (
        <option value={name}></option>
      ))}
    </datalist>
  );
}

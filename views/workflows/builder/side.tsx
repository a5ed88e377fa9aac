import { Icon } from "../../components/icon.tsx";
import type { Html } from "../../jsx/jsx-runtime.ts";
import { PlanPreview } from "../plan-preview.tsx";
import { BudgetFields } from "./budget-fields.tsx";
import type { BuilderView } from "./builder-view.ts";
import { MemoryFields } from "./context-fields.tsx";
import { AreaField, fieldNode, Group, ListField, PickField, switchChoices, TextField } from "./field.tsx";
import { commitRules, RetryFields, workspaces } from "./policy-fields.tsx";
import { PermissionFields } from "./permission-fields.tsx";
import { Problems, type FormScope } from "./problems.tsx";
import { HookFields, Variables } from "./settings-rows.tsx";
import { ValueRows } from "./value-rows.tsx";

/** What holds for the workflow as a whole, in a form of its own. */
export function SideForm({ view }: { view: BuilderView }): Html {
  const { path, revision, root } = view;
  // That there is no stage is said where the stages are.
  const findings = view.findings.filter(({ path: at }) => at !== "stages" && !at.startsWith("stages["));
  const scope: FormScope = { id: "w", node: root, place: "", findings, shown: new Set() };
  // The page's link that skips to the form was drawn earlier, and still leads here.
  if (root === null) {
    return (
      <section id="side-form">
        <p id="w-workflow-name" class="muted" tabindex="-1">
          The text cannot be read at the moment. Its form comes back when it can.
        </p>
      </section>
    );
  }
  const body = <Fields view={view} scope={scope} />;
  const others = findings.filter((finding) => !scope.shown.has(finding));
  return (
    <form class="form" id="side-form" method="post" action={`${path}/settings`} data-live>
      <input type="hidden" name="revision" value={revision} />
      <button class="vh" tabindex="-1">
        Apply
      </button>
      <Problems findings={others} />
      {body}
      <div class="acts no-script">
        <button class="btn">Apply</button>
      </div>
    </form>
  );
}

function Fields({ view, scope }: { view: BuilderView; scope: FormScope }): Html {
  return (
    <>
      <Group title="Workflow">
        <TextField scope={scope} name="workflow.name" label="Name" />
        <div class="pair">
          <TextField scope={scope} name="workflow.id" label="Id" isMono />
          <TextField scope={scope} name="workflow.version" label="Version" placeholder="1.0.0" isMono />
        </div>
        <AreaField scope={scope} name="workflow.description" label="Description" />
        <ListField scope={scope} name="workflow.tags" label="Tags" picker="free" />
      </Group>
      <Group title="Parameters" hint="What a run is asked for.">
        <ValueRows
          scope={scope}
          map="config.parameters"
          word="parameter"
          fields={["required", "default", "description", "enum", "secret"]}
          isRequired={false}
        />
      </Group>
      <Group title="Context" hint="What every stage is given.">
        <ListField
          scope={scope}
          name="context.global_modules"
          label="Modules"
          placeholder="ctx:…"
          picker="ctx"
        />
        <MemoryFields scope={scope} at="context.memory" memory={view.definition?.context.memory ?? null} />
      </Group>
      <Running view={view} scope={scope} />
      <More view={view} scope={scope} />
    </>
  );
}

function Running({ view, scope }: { view: BuilderView; scope: FormScope }): Html {
  return (
    <Group title="How it runs">
      <div class="pair">
        <TextField
          scope={scope}
          name="config.timeout"
          label="Timeout"
          placeholder={view.definition?.config.timeout ?? "2h"}
        />
        <TextField scope={scope} name="config.max_parallel" label="At once" placeholder="3" mode="numeric" />
      </div>
      <BudgetFields scope={scope} at="config.budget" />
      <div class="pair">
        <PickField
          scope={scope}
          name="error_policy.on_stage_failure"
          label="When a stage fails"
          choices={[
            ["", "Stop (usual)"],
            ["halt", "Stop"],
            ["continue", "Go on"],
          ]}
        />
        <PickField
          scope={scope}
          name="config.allow_overrides"
          label="A run may swap agents"
          choices={switchChoices(false)}
        />
      </div>
      <WorkspaceFields scope={scope} />
      <PermissionFields scope={scope} />
      <PickField
        scope={scope}
        name="config.scheduling"
        label="A stage starts"
        choices={[
          ["", "As soon as it can (usual)"],
          ["eager", "As soon as it can"],
          ["batch", "When the whole step before has ended"],
        ]}
      />
    </Group>
  );
}

function WorkspaceFields({ scope }: { scope: FormScope }): Html {
  return (
    <>
      <PickField
        scope={scope}
        name="config.workspace"
        label="Stages work in"
        choices={[["", "The run's directory, all together (usual)"], ...workspaces]}
      />
      <PickField
        scope={scope}
        name="config.commit"
        label="Stages commit their changes"
        choices={[["", "Never (usual)"], ...commitRules]}
      />
    </>
  );
}

function More({ view, scope }: { view: BuilderView; scope: FormScope }): Html {
  const retry = view.definition?.error_policy.default_retry;
  const isUsed = ["config.env", "hooks", "error_policy.default_retry"].some(
    (name) => fieldNode(scope, name) !== null,
  );
  return (
    <details class="more group" open={isUsed}>
      <summary class="btn ghost sm">
        <Icon name="chevron-right" size="xs" />
        Retry, variables, hooks, looks
      </summary>
      {retry ? (
        <Group title="Retry of every stage">
          <RetryFields scope={scope} at="error_policy.default_retry" retry={retry} />
        </Group>
      ) : null}
      <Variables scope={scope} />
      <HookFields scope={scope} />
      <Group title="Looks">
        <div class="pair">
          <TextField scope={scope} name="workflow.ui.color" label="Colour" placeholder="#4f46e5" isMono />
          <TextField scope={scope} name="workflow.ui.icon" label="Icon" placeholder="rocket" isMono />
        </div>
        <TextField scope={scope} name="workflow.author" label="Author" />
      </Group>
    </details>
  );
}

/** The plan of the definition as it stands. */
export function PlanPart({ view }: { view: BuilderView }): Html {
  return (
    <section id="builder-plan">
      {view.plan === null ? (
        <p class="muted">The plan shows when there are stages in an order that can be run.</p>
      ) : null}
      {view.plan === null ? null : <PlanPreview plan={view.plan} />}
    </section>
  );
}

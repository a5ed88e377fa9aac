import type { EffectiveStage } from "../../../src/workflow/effective.ts";
import { nodeAt } from "../../../src/workflow/source-node.ts";
import { Icon } from "../../components/icon.tsx";
import type { Html } from "../../jsx/jsx-runtime.ts";
import type { BuilderView, StageFacts } from "./builder-view.ts";
import { ContextFields } from "./context-fields.tsx";
import { Dependencies } from "./dependencies.tsx";
import { AreaField, fieldNode, Group, ListField, PickField, TextField } from "./field.tsx";
import { GateFields } from "./gate-fields.tsx";
import { Advanced, type AdvancedProps } from "./policy-fields.tsx";
import { Problems, type FormScope } from "./problems.tsx";
import { namesIn, scalarText } from "./field-text.ts";
import { sourceSuggestions, Suggestions } from "./suggestions.tsx";
import { ValueRows } from "./value-rows.tsx";
import { stageKind } from "../../../src/workflow/stage-kind.ts";
import { pathText } from "../../../src/workflow/source-path.ts";

interface EditorProps {
  view: BuilderView;
  facts: StageFacts;
}

/** The slide-over with every field of one stage. Without scripts it is open on a page of its own. */
export function StageDialog({ view, facts }: { view: BuilderView; facts: StageFacts | null }): Html {
  return (
    <dialog id="stage-editor" class="slide-over" aria-labelledby="stage-editor-title" open={facts !== null}>
      {facts === null ? null : <StageEditor view={view} facts={facts} />}
    </dialog>
  );
}

export function StageEditor({ view, facts }: EditorProps): Html {
  const { stage, key, at } = facts;
  const scope = stageScope(view, facts);
  const body = <Fields view={view} facts={facts} scope={scope} />;
  const others = facts.findings.filter((finding) => !scope.shown.has(finding));
  return (
    <form class="form" id="stage-form" method="post" action={`${view.path}/stage`} data-live>
      <header class="slide-head">
        <span class="no">{at + 1}</span>
        <h2 id="stage-editor-title">{stage.name}</h2>
        <a class="btn ghost icon sm" href={view.path} data-close-editor aria-label={`Close: ${stage.name}`}>
          <Icon name="x" size="s" />
        </a>
      </header>
      <div class="slide-body">
        <input type="hidden" name="stage" value={key} />
        <input type="hidden" name="revision" value={view.revision} />
        <input type="hidden" name="part" value="editor" />
        {/* Enter in a field sends the form by its first button: that must not be one that removes something. */}
        <button class="vh" tabindex="-1">
          Apply
        </button>
        <Problems findings={others} />
        {body}
      </div>
      <footer class="slide-foot">
        <button class="btn no-script">Apply</button>
        <a class="btn primary" href={view.path} data-close-editor>
          Done
        </a>
      </footer>
    </form>
  );
}

export function stageScope({ root }: BuilderView, { path, findings }: StageFacts): FormScope {
  const node = nodeAt(root, path);
  return { id: "s", node, place: `${pathText(path)}.`, findings, shown: new Set() };
}

function Fields({ view, facts, scope }: EditorProps & { scope: FormScope }): Html {
  const { stage } = facts;
  const isGate = stageKind(stage.type).isDecided;
  return (
    <>
      <Basics scope={scope} stage={stage} />
      {isGate ? <GateFields scope={scope} gate={stage.gate} /> : <Roles scope={scope} stage={stage} />}
      <Dependencies view={view} facts={facts} scope={scope} />
      <Group title="Condition">
        <AreaField
          scope={scope}
          name="condition"
          label="Runs only if"
          hint="An expression, such as ${{ stages.review.outputs.verdict == 'pass' }}. Empty: always."
          isMono
        />
      </Group>
      {isGate && isEmpty(scope, "inputs") ? null : <Inputs view={view} facts={facts} scope={scope} />}
      {isGate && isEmpty(scope, "outputs") ? null : <Outputs scope={scope} />}
      {isGate ? null : <ContextFields scope={scope} stage={stage} />}
      {isGate ? null : <Advanced scope={scope} stage={stage} usual={usualOf(view)} />}
    </>
  );
}

/** A gate has neither inputs nor outputs; what is written all the same can be taken away. */
function isEmpty(scope: FormScope, map: string): boolean {
  return namesIn(fieldNode(scope, map)).length === 0;
}

function Inputs({ view, facts, scope }: EditorProps & { scope: FormScope }): Html {
  return (
    <Group title="Inputs">
      <ValueRows
        scope={scope}
        map="inputs"
        word="input"
        fields={["source", "value", "required", "default", "description"]}
        isRequired
        suggests="sources"
      />
      <Suggestions id="sources" texts={sourceSuggestions(view, facts)} />
    </Group>
  );
}

function Outputs({ scope }: { scope: FormScope }): Html {
  return (
    <Group title="Outputs">
      <ValueRows
        scope={scope}
        map="outputs"
        word="output"
        fields={["required", "default", "description"]}
        isRequired
      />
    </Group>
  );
}

function usualOf({ definition }: BuilderView): AdvancedProps["usual"] {
  const onFailure = definition?.error_policy.on_stage_failure === "continue" ? "continue" : "halt";
  const { workspace = "shared", commit = "never", permissions = "deny" } = definition?.config ?? {};
  return { onFailure, workspace, commit, permissions };
}

function Basics({ scope, stage }: { scope: FormScope; stage: EffectiveStage }): Html {
  return (
    <Group title="Basics">
      <div class="pair">
        <TextField scope={scope} name="name" label="Name" placeholder={stage.id} />
        <TextField scope={scope} name="id" label="Id" hint="Everything that names it follows." isMono />
      </div>
      <AreaField scope={scope} name="description" label="Description" />
      <PickField
        scope={scope}
        name="type"
        label="Type"
        choices={[
          ["", "Agent does it (usual)"],
          ["agent", "Agent does it"],
          ["gate", "Gate: a person decides"],
        ]}
      />
    </Group>
  );
}

function Roles({ scope, stage }: { scope: FormScope; stage: EffectiveStage }): Html {
  const role = nodeAt(scope.node, ["roles", "primary"]);
  return (
    <Group title="Who does it">
      <TextField
        scope={scope}
        name="roles.primary.artifact"
        label="Agent"
        text={role?.kind === "scalar" ? scalarText(role) : scalarText(nodeAt(role, ["artifact"]))}
        placeholder="agent:…"
        picker="agent"
        also={["roles.primary", "roles"]}
        isMono
      />
      <TextField
        scope={scope}
        name="roles.primary.model"
        label="Model"
        placeholder={stage.roles?.primary.model ?? "opus"}
      />
      <AreaField scope={scope} name="roles.primary.instructions" label="Instructions" />
      <ListField
        scope={scope}
        name="roles.tools"
        label="Tools"
        hint="Skills, commands and MCP servers, one a line."
        placeholder="skill:…"
        picker="skill,command,mcp"
      />
    </Group>
  );
}

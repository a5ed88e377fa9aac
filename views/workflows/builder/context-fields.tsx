import type { EffectiveStage } from "../../../src/workflow/effective.ts";
import { Icon } from "../../components/icon.tsx";
import type { Html } from "../../jsx/jsx-runtime.ts";
import { fieldNode, Group, ListField, PickField, switchChoices, TextField } from "./field.tsx";
import type { FormScope } from "./problems.tsx";

export function ContextFields({ scope, stage }: { scope: FormScope; stage: EffectiveStage }): Html {
  return (
    <Group title="Context">
      <PickField
        scope={scope}
        name="context.inherit_global"
        label="Takes the workflow's context"
        choices={switchChoices(true)}
      />
      <ListField
        scope={scope}
        name="context.modules"
        label="Modules of its own"
        placeholder="ctx:…"
        picker="ctx"
      />
      <MemoryFields scope={scope} at="context.memory" memory={stage.context.memory} />
    </Group>
  );
}

interface MemoryProps {
  scope: FormScope;
  at: string;
  memory: EffectiveStage["context"]["memory"];
}

export function MemoryFields({ scope, at, memory }: MemoryProps): Html {
  return (
    <details class="more" open={fieldNode(scope, at) !== null}>
      <summary class="btn ghost sm">
        <Icon name="chevron-right" size="xs" />
        Memory
      </summary>
      <div class="pair">
        <TextField
          scope={scope}
          name={`${at}.project_scope`}
          label="Project"
          placeholder={memory?.project_scope ?? "current"}
        />
        <TextField
          scope={scope}
          name={`${at}.min_confidence`}
          label="Confidence from"
          placeholder="0.7"
          mode="decimal"
        />
      </div>
      <div class="pair">
        <TextField
          scope={scope}
          name={`${at}.max_tokens`}
          label="Tokens at most"
          placeholder="2000"
          mode="numeric"
        />
        <ListField scope={scope} name={`${at}.categories`} label="Categories" picker="free" />
      </div>
    </details>
  );
}

import type { EffectiveGate } from "../../../src/workflow/effective.ts";
import type { Html } from "../../jsx/jsx-runtime.ts";
import { AreaField, Group, ListField, PickField, TextField } from "./field.tsx";
import type { FormScope } from "./problems.tsx";

export function GateFields({ scope, gate }: { scope: FormScope; gate: EffectiveGate | null }): Html {
  return (
    <Group title="Gate">
      <AreaField
        scope={scope}
        name="gate.message"
        label="What it asks"
        hint="May hold expressions: Release ${{ parameters.version }}?"
        also={["gate"]}
      />
      <ListField
        scope={scope}
        name="gate.approvers"
        label="Who may decide"
        hint="A name a line. Nobody: anybody may."
        picker="free"
      />
      <div class="pair">
        <TextField scope={scope} name="gate.timeout" label="Deadline" placeholder={gate?.timeout ?? "24h"} />
        <PickField
          scope={scope}
          name="gate.on_timeout"
          label="When nobody decides"
          choices={[
            ["", "Stop (usual)"],
            ["halt", "Stop"],
            ["auto_approve", "Approve"],
            ["reject", "Reject"],
          ]}
        />
      </div>
      <div class="pair">
        <PickField
          scope={scope}
          name="gate.on_skip"
          label="When it is skipped"
          choices={[
            ["", "Skip what waits for it (usual)"],
            ["skip_dependents", "Skip what waits for it"],
            ["proceed", "Go on"],
          ]}
        />
        <TextField
          scope={scope}
          name="gate.kind"
          label="Kind"
          placeholder={gate?.kind ?? "manual_approval"}
        />
      </div>
    </Group>
  );
}

import type { Html } from "../../jsx/jsx-runtime.ts";
import { ListField, PickField, TextField } from "./field.tsx";
import { permissionChoices } from "./policy-fields.tsx";
import type { FormScope } from "./problems.tsx";

/** What agents may not do without being asked: for the workflow as a whole. */
export function PermissionFields({ scope }: { scope: FormScope }): Html {
  return (
    <>
      <PickField
        scope={scope}
        name="config.permissions"
        label="What no rule allows"
        choices={[["", "Is denied, and the agent goes on (usual)"], ...permissionChoices]}
      />
      <div class="pair">
        <ListField
          scope={scope}
          name="config.permissions_approvers"
          label="Who allows it"
          hint="Names, one a line. None: everybody."
          picker="free"
        />
        <TextField
          scope={scope}
          name="config.permission_timeout"
          label="A request is rejected after"
          placeholder="24h"
        />
      </div>
      <TextField
        scope={scope}
        name="config.park_after"
        label="A waiting agent is stopped after"
        hint="The answer starts it again."
        placeholder="30m"
      />
    </>
  );
}

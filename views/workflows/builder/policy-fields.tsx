import type {
  CommitRule,
  EffectiveRetry,
  EffectiveStage,
  OnFailure,
  Permissions,
  Workspace,
} from "../../../src/workflow/effective.ts";
import { BudgetFields } from "./budget-fields.tsx";
import { Icon } from "../../components/icon.tsx";
import type { Html } from "../../jsx/jsx-runtime.ts";
import {
  AreaField,
  fieldNode,
  ListField,
  PickField,
  switchChoices,
  TextField,
  type Choices,
} from "./field.tsx";
import type { FormScope } from "./problems.tsx";

export interface AdvancedProps {
  scope: FormScope;
  stage: EffectiveStage;
  /** Defaults for stages that say nothing themselves. */
  usual: { onFailure: OnFailure; workspace: Workspace; commit: CommitRule; permissions: Permissions };
}

export function Advanced({ scope, stage, usual }: AdvancedProps): Html {
  const { error_policy: policy } = stage;
  const isUsed = ["error_policy", "handoff", "workspace", "commit", "permissions", "budget"].some(
    (name) => fieldNode(scope, name) !== null,
  );
  return (
    <details class="more group" open={isUsed}>
      <summary class="btn ghost sm">
        <Icon name="chevron-right" size="xs" />
        Timeout, budget, retry, workspace, permissions, handoff
      </summary>
      <div class="pair">
        <TextField scope={scope} name="error_policy.timeout" label="Timeout" placeholder={policy.timeout} />
        <TextField
          scope={scope}
          name="error_policy.idle_timeout"
          label="Silent at most"
          placeholder="as long as the timeout"
        />
      </div>
      <div class="pair">
        <PickField
          scope={scope}
          name="error_policy.on_failure"
          label="When it fails"
          choices={[
            ["", `As the workflow says (${usual.onFailure})`],
            ["halt", "Stop the run"],
            ["continue", "Go on"],
            ["skip_dependents", "Skip what waits for it"],
          ]}
        />
        <PickField
          scope={scope}
          name="workspace"
          label="Works in"
          choices={[["", `As the workflow says (${usual.workspace})`], ...workspaces]}
        />
      </div>
      <PickField
        scope={scope}
        name="permissions"
        label="What no rule allows"
        choices={[["", `As the workflow says (${usual.permissions})`], ...permissionChoices]}
      />
      <PickField
        scope={scope}
        name="commit"
        label="Commits its changes"
        choices={[["", `As the workflow says (${usual.commit})`], ...commitRules]}
      />
      <BudgetFields scope={scope} at="budget" />
      <RetryFields scope={scope} at="error_policy.retry" retry={policy.retry} />
      <HandoffFields scope={scope} />
    </details>
  );
}

function HandoffFields({ scope }: { scope: FormScope }): Html {
  return (
    <>
      <div class="pair">
        <PickField
          scope={scope}
          name="handoff.format"
          label="Hands over"
          choices={[
            ["", "Structured (usual)"],
            ["structured", "Structured"],
            ["markdown", "Markdown"],
            ["raw", "Raw"],
          ]}
        />
        <PickField
          scope={scope}
          name="handoff.include_run_log"
          label="With its log"
          choices={switchChoices(false)}
        />
      </div>
      <AreaField scope={scope} name="handoff.summary_prompt" label="How to sum up" />
    </>
  );
}

/** Where agents may work, in the form's words. */
export const workspaces: Choices = [
  ["shared", "The run's directory, with the others"],
  ["worktree", "A git worktree of its own"],
];

/** What becomes of a call that no rule of an agent's tools allows, in the form's words. */
export const permissionChoices: Choices = [
  ["deny", "Is denied, and the agent goes on"],
  ["fail", "Is denied, and the attempt fails"],
  ["ask", "Is asked of people while the agent waits"],
];

/** When the engine commits what a stage has changed in its worktree, in the form's words. */
export const commitRules: Choices = [
  ["never", "Never"],
  ["success", "When it has succeeded, on a branch of its own"],
];

export function RetryFields({
  scope,
  at,
  retry,
}: {
  scope: FormScope;
  at: string;
  retry: EffectiveRetry;
}): Html {
  return (
    <>
      <div class="pair">
        <TextField
          scope={scope}
          name={`${at}.max_attempts`}
          label="Attempts"
          placeholder={String(retry.max_attempts)}
          mode="numeric"
        />
        <TextField
          scope={scope}
          name={`${at}.backoff_multiplier`}
          label="Each wait times"
          placeholder={String(retry.backoff_multiplier)}
          mode="decimal"
        />
      </div>
      <div class="pair">
        <TextField
          scope={scope}
          name={`${at}.initial_interval`}
          label="First wait"
          placeholder={retry.initial_interval}
        />
        <TextField
          scope={scope}
          name={`${at}.max_interval`}
          label="Longest wait"
          placeholder={retry.max_interval}
        />
      </div>
      <ListField
        scope={scope}
        name={`${at}.non_retryable_errors`}
        label="Not tried again after"
        hint="Classes of errors, one a line."
        placeholder={retry.non_retryable_errors.join("\n") || undefined}
        picker="free"
      />
    </>
  );
}

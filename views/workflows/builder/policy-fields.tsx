import type { EffectiveRetry, EffectiveStage } from "../../../src/workflow/effective.ts";
import { Icon } from "../../components/icon.tsx";
import type { Html } from "../../jsx/jsx-runtime.ts";
import { AreaField, fieldNode, ListField, PickField, switchChoices, TextField } from "./field.tsx";
import type { FormScope } from "./problems.tsx";

export function Advanced({ scope, stage }: { scope: FormScope; stage: EffectiveStage }): Html {
  const { error_policy: policy } = stage;
  const isUsed = fieldNode(scope, "error_policy") !== null || fieldNode(scope, "handoff") !== null;
  return (
    <details class="more group" open={isUsed}>
      <summary class="btn ghost sm">
        <Icon name="chevron-right" size="xs" />
        Timeout, retry, handoff
      </summary>
      <div class="pair">
        <TextField scope={scope} name="error_policy.timeout" label="Timeout" placeholder={policy.timeout} />
        <PickField
          scope={scope}
          name="error_policy.on_failure"
          label="When it fails"
          choices={[
            ["", `As the workflow says (${policy.on_failure.replace("_", " ")})`],
            ["halt", "Stop the run"],
            ["continue", "Go on"],
            ["skip_dependents", "Skip what waits for it"],
          ]}
        />
      </div>
      <RetryFields scope={scope} at="error_policy.retry" retry={policy.retry} />
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
    </details>
  );
}

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

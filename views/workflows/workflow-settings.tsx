import type { EffectiveDefinition } from "../../src/workflow/effective.ts";
import { budgetTexts } from "../../src/workflow/budget-text.ts";
import { usual } from "../../src/workflow/defaults.ts";
import { plural } from "../components/usage-text.ts";
import { mask, shownParameter } from "../../src/workflow/secret-name.ts";
import type { Html } from "../jsx/jsx-runtime.ts";
import { NamedText } from "../executions/stage-values.tsx";
import { commitWords, Fact, References, permissionWords, workspaceWords } from "./stage-list.tsx";

interface SettingsProps {
  config: EffectiveDefinition["config"];
  context: EffectiveDefinition["context"];
  errorPolicy: EffectiveDefinition["error_policy"];
  /** Absolute path; null when it has none. */
  file: string | null;
  author: string | null;
  source: string;
}

/** What holds for the workflow as a whole. */
export function WorkflowSettings({
  config,
  context,
  errorPolicy,
  file,
  author,
  source,
}: SettingsProps): Html {
  const parameters = Object.entries(config.parameters);
  return (
    <div class="sheet">
      <section class="item">
        <h2>Parameters</h2>
        {parameters.length === 0 ? <p>It takes none.</p> : <Parameters parameters={parameters} />}
      </section>
      <section class="item">
        <h2>How it runs</h2>
        <dl class="facts-list">
          <Fact name="Timeout">{config.timeout}</Fact>
          <Fact name="At once">
            {config.max_parallel === null ? "3 stages" : `${config.max_parallel} stages`}
          </Fact>
          <Fact name="Scheduling">{config.scheduling}</Fact>
          <Fact name="When a stage fails">{errorPolicy.on_stage_failure}</Fact>
          <Fact name="Tries">{plural(errorPolicy.default_retry.max_attempts, "attempt")}</Fact>
          <Fact name="Stages work in">{workspaceWords[config.workspace]}</Fact>
          <Fact name="What no rule allows">{permissionWords[config.permissions]}</Fact>
          {config.commit === "never" ? null : (
            <Fact name="A stage commits">{commitWords[config.commit]}</Fact>
          )}
          {config.permissions_approvers.length === 0 ? null : (
            <Fact name="Who allows it">{config.permissions_approvers.join(", ")}</Fact>
          )}
          {config.permission_timeout === usual.permissionTimeout ? null : (
            <Fact name="A request is rejected after">{config.permission_timeout}</Fact>
          )}
          {config.park_after === usual.parkAfter ? null : (
            <Fact name="A waiting agent is stopped after">{config.park_after}</Fact>
          )}
          {config.budget === null ? null : <Fact name="Budget">{budgetTexts(config.budget).join(", ")}</Fact>}
          <Fact name="Overrides">
            {config.allow_overrides ? "a run may swap agents and context" : "not allowed"}
          </Fact>
          {context.global_modules.length === 0 ? null : (
            <References name="Context" refs={context.global_modules} />
          )}
          {author === null ? null : <Fact name="Author">{author}</Fact>}
          {file === null ? null : (
            <Fact name="File">
              <code>{file}</code>
            </Fact>
          )}
        </dl>
      </section>
      <NamedText name="source" text={source} />
    </div>
  );
}

type Parameter = EffectiveDefinition["config"]["parameters"][string];

function presetOf(name: string, parameter: Parameter): string {
  if (parameter.default === undefined) return "";
  const shown = shownParameter(name, parameter, parameter.default);
  return shown === mask ? mask : JSON.stringify(shown);
}

function Parameters({ parameters }: { parameters: [string, Parameter][] }): Html {
  return (
    <div class="tablewrap" tabindex="0" role="region" aria-label="Parameters">
      <table class="wf">
        <thead>
          <tr>
            <th scope="col">Name</th>
            <th scope="col">Type</th>
            <th scope="col">Default</th>
            <th scope="col">Description</th>
          </tr>
        </thead>
        <tbody>
          {parameters.map(([name, parameter]) => (
            <tr>
              <th scope="row">
                <code>{name}</code>
                {parameter.required ? <span class="muted"> required</span> : null}
              </th>
              <td>{parameter.enum?.map((choice) => JSON.stringify(choice)).join(" | ") ?? parameter.type}</td>
              <td>{presetOf(name, parameter)}</td>
              <td class="wide">{parameter.description ?? ""}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

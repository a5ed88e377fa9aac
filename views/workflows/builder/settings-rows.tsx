import { child, nodeAt } from "../../../src/workflow/source-node.ts";
import { Icon } from "../../components/icon.tsx";
import type { Html } from "../../jsx/jsx-runtime.ts";
import { namesIn, scalarText } from "./field-text.ts";
import { fieldId, Group, TextField } from "./field.tsx";
import { findingsAt, Problems, type FormScope } from "./problems.tsx";

/** The environment: a name and a text each, and an empty row for the next. */
export function Variables({ scope }: { scope: FormScope }): Html {
  const node = nodeAt(scope.node, ["config", "env"]);
  const names = namesIn(node);
  return (
    <Group title="Environment">
      {names.map((name, at) => (
        <Variable scope={scope} at={at} name={name} text={scalarText(child(node, name))} />
      ))}
      <details class="more">
        <summary class="btn ghost sm">
          <Icon name="plus" size="s" />
          Add variable
        </summary>
        <Variable scope={scope} at={names.length} name="" text="" />
      </details>
      <Problems findings={findingsAt(scope, ["config.env"])} />
    </Group>
  );
}

function Variable({
  scope,
  at,
  name,
  text,
}: {
  scope: FormScope;
  at: number;
  name: string;
  text: string;
}): Html {
  const prefix = `config.env.${at}`;
  const title = name === "" ? "New variable" : `variable ${name}`;
  return (
    <div class="value-row" role="group" aria-label={title} data-new-row={name === ""}>
      <div class="pair">
        {[["@name", "Name", name] as const, ["@value", "Text", text] as const].map(([part, label, value]) => (
          <div class="row">
            <label for={fieldId(scope, `${prefix}.${part}`)}>{label}</label>
            <input
              class="text mono"
              id={fieldId(scope, `${prefix}.${part}`)}
              name={`${prefix}.${part}`}
              value={value}
              autocomplete="off"
              spellcheck="false"
            />
          </div>
        ))}
      </div>
      {name === "" ? null : (
        <button
          class="btn ghost sm danger"
          name={`${prefix}.@remove`}
          value="1"
          aria-label={`Remove ${title}`}
        >
          <Icon name="trash-2" size="s" />
          Remove
        </button>
      )}
    </div>
  );
}

const hooks = [
  ["on_start", "When it starts"],
  ["on_complete", "When it has completed"],
  ["on_failure", "When it has failed"],
  ["on_gate", "When a gate begins to wait"],
] as const;

export function HookFields({ scope }: { scope: FormScope }): Html {
  return (
    <Group title="Hooks">
      {hooks.map(([name, words]) => {
        const notify = nodeAt(scope.node, ["hooks", name, "notify"]);
        const channel = notify?.kind === "scalar" ? notify : child(notify, "channel");
        return (
          <div class="value-row" role="group" aria-label={words}>
            <b>{words}</b>
            <TextField scope={scope} name={`hooks.${name}.run`} label="Run a command" isMono />
            <div class="pair">
              <TextField
                scope={scope}
                name={`hooks.${name}.notify.channel`}
                label="Tell the channel"
                text={scalarText(channel)}
              />
              <TextField
                scope={scope}
                name={`hooks.${name}.notify.message`}
                label="Message"
                text={scalarText(child(notify, "message"))}
              />
            </div>
          </div>
        );
      })}
    </Group>
  );
}

import { Icon } from "../components/icon.tsx";
import type { Html } from "../jsx/jsx-runtime.ts";
import type { Frame } from "../layout/frame.ts";
import { page } from "../layout/page.tsx";
import { tryPath } from "../paths.ts";
import { Notice } from "../workflows/run-form.tsx";
import { WorkdirField, type WorkdirChoice } from "../workflows/workdir-field.tsx";

/** A task for one agent before it starts: what stands in the fields, and what is wrong with it. */
export interface TryForm {
  /** Such as `agent:reviewer`. */
  ref: string;
  description: string | null;
  prompt: string;
  outputs: readonly { name: string; type: string }[];
  model: string;
  /** The model without another one; null: the program's own. */
  usualModel: string | null;
  permissions: string;
  workdir: WorkdirChoice;
  /** What is wrong with the whole. */
  trouble: string | null;
}

const types = ["string", "integer", "number", "boolean", "array<string>", "object"];
const permissions = [
  ["deny", "Deny what no rule of its tools allows"],
  ["fail", "Fail when something is denied"],
  ["ask", "Ask me"],
] as const;

export function tryPage(frame: Frame, form: TryForm): string {
  const title = `Try ${form.ref.replace(/^agent:/, "")}`;
  return page({
    frame,
    facts: { title, section: "agents", crumbs: [{ name: "Agents", path: "/agents" }] },
    children: (
      <main id="main" class="scroll" tabindex="-1">
        <div class="sheet narrow">
          <h1>{title}</h1>
          {form.description === null ? null : <p class="muted">{form.description}</p>}
          <Fields form={form} />
        </div>
      </main>
    ),
  });
}

function Fields({ form }: { form: TryForm }): Html {
  const { ref, prompt, trouble } = form;
  return (
    <form id="try-form" class="form" method="post" action={tryPath(ref)}>
      {trouble === null ? null : <Notice text={trouble} hasFocus />}
      <div class="row">
        <label for="try-prompt">
          {"Prompt "}
          <span class="req">
            <span aria-hidden="true">*</span>
            <span class="vh">required</span>
          </span>
        </label>
        <textarea
          class="area tall"
          id="try-prompt"
          name="prompt"
          rows="6"
          required
          aria-describedby="try-prompt-hint"
        >
          {`\n${prompt}`}
        </textarea>
        <p class="hint" id="try-prompt-hint">
          What the agent is to do. It runs as an execution of its own, without a workflow.
        </p>
      </div>
      <Outputs outputs={form.outputs} />
      <Model form={form} />
      <div class="row">
        <label for="try-permissions">Permissions</label>
        <select class="pick" id="try-permissions" name="permissions">
          {permissions.map(([value, text]) => (
            <option value={value} selected={value === form.permissions}>
              {text}
            </option>
          ))}
        </select>
      </div>
      <WorkdirField choice={form.workdir} />
      <div class="acts">
        <a class="btn" href="/agents">
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

function Outputs({ outputs }: Pick<TryForm, "outputs">): Html {
  return (
    <fieldset aria-describedby="try-outputs-hint">
      <legend>Outputs</legend>
      <p class="hint" id="try-outputs-hint">
        What it is to hand in, by name and type. Without any, its last message is all.
      </p>
      {outputs.map(({ name, type }, at) => (
        <div class="try-output">
          <input
            class="text"
            name={`output.${at}`}
            value={name}
            aria-label={`Name of output ${at + 1}`}
            placeholder={at === 0 ? "verdict" : null}
            autocomplete="off"
            spellcheck="false"
          />
          <select class="pick" name={`type.${at}`} aria-label={`Type of output ${at + 1}`}>
            {types.map((each) => (
              <option value={each} selected={each === type}>
                {each}
              </option>
            ))}
          </select>
        </div>
      ))}
    </fieldset>
  );
}

function Model({ form: { model, usualModel } }: { form: TryForm }): Html {
  return (
    <div class="row">
      <label for="try-model">Model</label>
      <input
        class="text"
        id="try-model"
        name="model"
        value={model}
        placeholder={usualModel ?? "its program's own model"}
        autocomplete="off"
        spellcheck="false"
      />
    </div>
  );
}

import type { EffectiveParameter } from "../../src/workflow/effective.ts";
import { isSecretParameter } from "../../src/workflow/secret-name.ts";
import type { Html } from "../jsx/jsx-runtime.ts";

interface FieldProps {
  name: string;
  parameter: EffectiveParameter;
  text: string;
  problem: string | null;
}

/** A field of the kind its type asks for, with what is wrong right under it. */
export function ParameterField({ name, parameter, text, problem }: FieldProps): Html {
  const { type, required, description } = parameter;
  const id = `p-${name}`;
  const described = [description === null ? null : `${id}-hint`, problem === null ? null : `${id}-bad`];
  const field = {
    id,
    name: `p.${name}`,
    "aria-invalid": problem === null ? null : "true",
    "aria-describedby": described.filter((each) => each !== null).join(" ") || null,
  };
  return (
    <div class="row">
      <label for={id}>
        {name}{" "}
        {required ? (
          <span class="req">
            <span aria-hidden="true">*</span>
            <span class="vh">required</span>
          </span>
        ) : null}
        <span class="hint">{` ${type}`}</span>
      </label>
      {isSecretParameter(name, parameter) ? (
        <Secret field={field} parameter={parameter} />
      ) : (
        <Control field={field} parameter={parameter} text={text} />
      )}
      {description === null ? null : (
        <p class="hint" id={`${id}-hint`}>
          {description}
        </p>
      )}
      {problem === null ? null : (
        <p class="bad" id={`${id}-bad`}>
          {problem}
        </p>
      )}
    </div>
  );
}

interface ControlProps {
  field: Readonly<Record<string, string | null>>;
  parameter: EffectiveParameter;
  text: string;
}

/** It never shows what was given before; left empty it is what the definition says, if that says anything. */
function Secret({ field, parameter }: Omit<ControlProps, "text">): Html {
  const hasDefault = parameter.default !== null;
  return (
    <input
      class="text"
      type="password"
      {...field}
      value=""
      required={parameter.required && !hasDefault}
      placeholder={hasDefault ? "as declared" : null}
      autocomplete="new-password"
      spellcheck="false"
    />
  );
}

function Control({ field, parameter, text }: ControlProps): Html {
  const { type, required, enum: choices } = parameter;
  if (choices !== null) {
    const texts = choices.map((choice) => (typeof choice === "string" ? choice : JSON.stringify(choice)));
    return <Choice field={field} choices={texts} text={text} required={required} />;
  }
  if (type === "boolean") {
    return <Choice field={field} choices={["true", "false"]} text={text} required={required} />;
  }
  if (type === "integer" || type === "number") {
    return (
      <input
        class="text"
        type="number"
        step={type === "integer" ? 1 : "any"}
        {...field}
        value={text}
        required={required}
      />
    );
  }
  if (type === "string" && !text.includes("\n") && text.length < 80) {
    return <input class="text" type="text" {...field} value={text} required={required} autocomplete="off" />;
  }
  const isJson = type !== "string";
  return (
    <textarea
      class={isJson ? "area mono" : "area"}
      {...field}
      required={required}
      spellcheck={isJson ? "false" : null}
    >
      {`\n${text}`}
    </textarea>
  );
}

interface ChoiceProps {
  field: ControlProps["field"];
  choices: readonly string[];
  text: string;
  required: boolean;
}

/** One of several. Nothing is chosen before somebody has: a run must not start with what merely stood first. */
function Choice({ field, choices, text, required }: ChoiceProps): Html {
  return (
    <select class="pick" {...field} required={required}>
      <option value="" selected={text === ""}>
        {required ? "Choose…" : "as declared"}
      </option>
      {choices.map((choice) => (
        <option value={choice} selected={choice === text}>
          {choice}
        </option>
      ))}
    </select>
  );
}

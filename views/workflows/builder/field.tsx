import { nodeAt, type SourceNode } from "../../../src/workflow/source-node.ts";
import type { Child, Html } from "../../jsx/jsx-runtime.ts";
import { linesOf, scalarText } from "./field-text.ts";
import { findingsAt, Problems, type FormScope } from "./problems.tsx";

interface FieldProps {
  scope: FormScope;
  /** The field's path below the node: `error_policy.timeout`. */
  name: string;
  label: string;
  hint?: string | undefined;
  /** What holds when nothing is written. */
  placeholder?: string | undefined;
  /** Places whose findings belong here too. */
  also?: readonly string[];
}

export function fieldNode({ node }: FormScope, name: string): SourceNode | null {
  return nodeAt(node, name.split("."));
}

/** A text in one line. `suggests`: the id of a list of suggestions. */
export function TextField(
  props: FieldProps & { text?: string; suggests?: string; isMono?: boolean; mode?: string; picker?: string },
): Html {
  const { scope, name, placeholder, suggests, isMono = false, mode, picker } = props;
  const { text = scalarText(fieldNode(scope, name)) } = props;
  return (
    <Row {...props} hasBox={picker !== undefined}>
      {(field) => (
        <input
          class={isMono ? "text mono" : "text"}
          type="text"
          {...field}
          value={text}
          placeholder={placeholder}
          list={suggests}
          inputmode={mode}
          autocomplete="off"
          spellcheck="false"
          data-picker={picker}
        />
      )}
    </Row>
  );
}

export function AreaField(props: FieldProps & { text?: string; isMono?: boolean }): Html {
  const { scope, name, placeholder, isMono = false, text = scalarText(fieldNode(scope, name)) } = props;
  return (
    <Row {...props}>
      {(field) => (
        <textarea
          class={isMono ? "area mono short" : "area short"}
          {...field}
          placeholder={placeholder}
          rows={2}
          spellcheck={isMono ? "false" : null}
        >
          {`\n${text}`}
        </textarea>
      )}
    </Row>
  );
}

/** Texts, one a line; a script makes them chips with a search over `picker`: a kind of artifact, or `free`. */
export function ListField(props: FieldProps & { picker: string; lines?: readonly string[] }): Html {
  const { scope, name, placeholder, picker, lines = linesOf(fieldNode(scope, name)) } = props;
  return (
    <Row {...props} hasBox>
      {(field) => (
        <textarea
          class="area mono short"
          {...field}
          rows={2}
          placeholder={placeholder}
          data-chips={picker}
          spellcheck="false"
        >
          {`\n${lines.join("\n")}`}
        </textarea>
      )}
    </Row>
  );
}

export type Choices = readonly (readonly [value: string, words: string])[];

export function PickField(props: FieldProps & { choices: Choices; text?: string }): Html {
  const { scope, name, choices, text = scalarText(fieldNode(scope, name)) } = props;
  const isKnown = choices.some(([value]) => value === text);
  return (
    <Row {...props}>
      {(field) => (
        <select class="pick" {...field}>
          {isKnown ? null : (
            <option value={text} selected>
              {text}
            </option>
          )}
          {choices.map(([value, words]) => (
            <option value={value} selected={value === text}>
              {words}
            </option>
          ))}
        </select>
      )}
    </Row>
  );
}

/** Yes or no; what holds anyway need not be written. */
export function switchChoices(isOn: boolean): Choices {
  return [
    ["", isOn ? "Yes, as usual" : "No, as usual"],
    ["true", "Yes"],
    ["false", "No"],
  ];
}

type FieldAttributes = Readonly<Record<string, string | null>>;

function Row({
  scope,
  name,
  label,
  hint,
  also = [],
  hasBox = false,
  children,
}: FieldProps & { hasBox?: boolean; children: (field: FieldAttributes) => Html }): Html {
  const id = fieldId(scope, name);
  const problems = findingsAt(scope, [name, ...also]);
  const described = [hint === undefined ? null : `${id}-hint`, problems.length === 0 ? null : `${id}-bad`];
  const field = {
    id,
    // A field called "id" would stand for the id of its form in the browser, and a morph knows elements by theirs.
    name: name === "id" ? "@id" : name,
    "aria-invalid": problems.some(({ tone }) => tone === "failed") ? "true" : null,
    "aria-describedby": described.filter((each) => each !== null).join(" ") || null,
  };
  return (
    <div class="row">
      <label for={id}>{label}</label>
      {children(field)}
      {hasBox ? <div id={`${id}-box`} class="own-box" data-own></div> : null}
      {hint === undefined ? null : (
        <p class="hint" id={`${id}-hint`}>
          {hint}
        </p>
      )}
      <Problems id={`${id}-bad`} findings={problems} />
    </div>
  );
}

export function fieldId({ id }: FormScope, name: string): string {
  return `${id}-${name.replace(/[^A-Za-z0-9]+/g, "-")}`;
}

export function Group({ title, hint, children }: { title: string; hint?: string; children?: Child }): Html {
  return (
    <fieldset class="group">
      <legend>{title}</legend>
      {hint === undefined ? null : <p class="hint">{hint}</p>}
      {children}
    </fieldset>
  );
}

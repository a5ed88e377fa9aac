import type { SourceNode } from "../../../src/workflow/source-node.ts";
import type { Html } from "../../jsx/jsx-runtime.ts";
import { linesOf } from "./field-text.ts";
import { fieldId } from "./field.tsx";
import type { FormScope } from "./problems.tsx";

/** The fields of one row of a map with types. */

interface CellProps {
  scope: FormScope;
  name: string;
  label: string;
  text: string;
  placeholder?: string;
  suggests?: string;
  isMono?: boolean;
}

export function Cell({ scope, name, label, text, placeholder, suggests, isMono = false }: CellProps): Html {
  const id = fieldId(scope, name);
  return (
    <div class="row">
      <label for={id}>{label}</label>
      <input
        class={isMono ? "text mono" : "text"}
        id={id}
        name={name}
        value={text}
        placeholder={placeholder}
        list={suggests}
        autocomplete="off"
        spellcheck="false"
      />
    </div>
  );
}

export function YesOrNo({
  scope,
  name,
  label,
  text,
  usual,
}: Pick<CellProps, "scope" | "name" | "label" | "text"> & { usual: string }): Html {
  const id = fieldId(scope, name);
  return (
    <div class="row">
      <label for={id}>{label}</label>
      <select class="pick" id={id} name={name}>
        {[["", `${usual}, as usual`] as const, ["true", "Yes"] as const, ["false", "No"] as const].map(
          ([value, words]) => (
            <option value={value} selected={value === text}>
              {words}
            </option>
          ),
        )}
      </select>
    </div>
  );
}

export function Choices({
  scope,
  name,
  node,
}: {
  scope: FormScope;
  name: string;
  node: SourceNode | null;
}): Html {
  const id = fieldId(scope, name);
  return (
    <div class="row">
      <label for={id}>One of (a line each)</label>
      <textarea class="area mono short" id={id} name={name} rows={2} spellcheck="false">
        {`\n${linesOf(node).join("\n")}`}
      </textarea>
    </div>
  );
}

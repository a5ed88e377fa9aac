import { child, nodeAt, type SourceNode } from "../../../src/workflow/source-node.ts";
import { Icon } from "../../components/icon.tsx";
import type { Html } from "../../jsx/jsx-runtime.ts";
import { anyText, namesIn, scalarText } from "./field-text.ts";
import { findingsAt, Problems, type FormScope } from "./problems.tsx";
import { Cell, Choices, YesOrNo } from "./value-cells.tsx";

/** Which of an entry's fields a row has. */
export type RowField = "source" | "value" | "required" | "default" | "description" | "enum" | "secret";

interface RowsProps {
  scope: FormScope;
  /** Where the map is: `inputs`, `config.parameters`. */
  map: string;
  /** What one of them is called. */
  word: string;
  fields: readonly RowField[];
  /** What `required` means when it is left out. */
  isRequired: boolean;
  /** The id of the suggestions for sources. */
  suggests?: string;
}

/** The entries of a map with types, each in a row of its own, and an empty one for the next. */
export function ValueRows(props: RowsProps): Html {
  const node = nodeAt(props.scope.node, props.map.split("."));
  const names = namesIn(node);
  return (
    <div class="value-rows">
      {names.map((name, at) => (
        <ValueRow {...props} at={at} name={name} node={child(node, name)} />
      ))}
      <details class="more" open={false}>
        <summary class="btn ghost sm">
          <Icon name="plus" size="s" />
          {`Add ${props.word}`}
        </summary>
        <ValueRow {...props} at={names.length} name="" node={null} />
      </details>
    </div>
  );
}

function ValueRow(props: RowsProps & { at: number; name: string; node: SourceNode | null }): Html {
  const { scope, map, word, fields, at, name, node } = props;
  const prefix = `${map}.${at}`;
  const title = name === "" ? `New ${word}` : `${word} ${name}`;
  const problems = name === "" ? [] : findingsAt(scope, [`${map}.${name}`, `${map}["${name}"]`]);
  return (
    <div class="value-row" role="group" aria-label={title} data-new-row={name === ""}>
      <div class="pair">
        <Cell scope={scope} name={`${prefix}.@name`} label="Name" text={name} isMono />
        <Cell
          scope={scope}
          name={`${prefix}.type`}
          label="Type"
          text={node === null ? "" : scalarText(child(node, "type"))}
          placeholder="string"
          suggests="value-types"
          isMono
        />
      </div>
      <Origin {...props} prefix={prefix} />
      <div class="pair">
        <YesOrNo
          scope={scope}
          name={`${prefix}.required`}
          label="Required"
          text={scalarText(child(node, "required"))}
          usual={props.isRequired ? "Yes" : "No"}
        />
        <Cell
          scope={scope}
          name={`${prefix}.default`}
          label="Default"
          text={anyText(child(node, "default"))}
          isMono
        />
      </div>
      <RareFields scope={scope} fields={fields} prefix={prefix} node={node} />
      <Cell
        scope={scope}
        name={`${prefix}.description`}
        label="Description"
        text={scalarText(child(node, "description"))}
      />
      <Problems findings={problems} />
      {name === "" ? null : <RemoveRow prefix={prefix} title={title} />}
    </div>
  );
}

/** What an input gets: what an expression yields, or a literal. */
function Origin({
  scope,
  fields,
  suggests,
  prefix,
  node,
}: RowsProps & { prefix: string; node: SourceNode | null }): Html {
  return (
    <>
      {fields.includes("source") ? (
        <Cell
          scope={scope}
          name={`${prefix}.source`}
          label="Comes from"
          text={scalarText(child(node, "source"))}
          placeholder="${{ stages.….outputs.… }}"
          {...(suggests === undefined ? {} : { suggests })}
          isMono
        />
      ) : null}
      {fields.includes("value") ? (
        <Cell
          scope={scope}
          name={`${prefix}.value`}
          label="Or a fixed value"
          text={anyText(child(node, "value"))}
          isMono
        />
      ) : null}
    </>
  );
}

function RareFields({
  scope,
  fields,
  prefix,
  node,
}: Pick<RowsProps, "scope" | "fields"> & { prefix: string; node: SourceNode | null }): Html {
  return (
    <>
      {fields.includes("enum") ? (
        <Choices scope={scope} name={`${prefix}.enum`} node={child(node, "enum")} />
      ) : null}
      {fields.includes("secret") ? (
        <YesOrNo
          scope={scope}
          name={`${prefix}.secret`}
          label="Secret"
          text={scalarText(child(node, "secret"))}
          usual="No"
        />
      ) : null}
    </>
  );
}

function RemoveRow({ prefix, title }: { prefix: string; title: string }): Html {
  return (
    <button class="btn ghost sm danger" name={`${prefix}.@remove`} value="1" aria-label={`Remove ${title}`}>
      <Icon name="trash-2" size="s" />
      Remove
    </button>
  );
}

import { sizeProblem } from "../expression/size-problem.ts";
import type { Value, ValueObject } from "../expression/value.ts";
import type { EffectiveOutput } from "./effective.ts";
import { checkValue, schemaOfType } from "./value-type.ts";

/** What a stage must hand back, as the JSON Schema of one object. */
export function outputsSchema(outputs: Record<string, EffectiveOutput>): ValueObject {
  const declared = Object.entries(outputs);
  return {
    type: "object",
    properties: Object.fromEntries(declared.map(([name, output]) => [name, schemaOf(output)])),
    required: declared.filter(([, { required }]) => required).map(([name]) => name),
    additionalProperties: false,
  };
}

export interface CheckedOutputs {
  /** Declared ones with the defaults of those left out, then the undeclared ones. */
  outputs: ValueObject;
  undeclared: string[];
  /** Each names its output; empty when the contract is kept. */
  problems: string[];
}

/** Holds what an agent gave against what its stage declares. Values that break the contract are left out. */
export function checkOutputs(
  outputs: Record<string, EffectiveOutput>,
  given: Record<string, unknown>,
): CheckedOutputs {
  const kept: [string, Value][] = [];
  const problems: string[] = [];
  for (const [name, output] of Object.entries(outputs)) {
    const value = Object.hasOwn(given, name) ? given[name] : undefined;
    if (value === undefined) {
      if (output.required)
        problems.push(`output "${name}" is missing. it is required, of type ${output.type}`);
      else if (output.default !== undefined) kept.push([name, output.default]);
      continue;
    }
    const problem = checkValue(output.type, value);
    if (problem === null) kept.push([name, value as Value]);
    else problems.push(`output "${name}" ${problem}`);
  }
  const undeclared = Object.keys(given).filter((name) => !Object.hasOwn(outputs, name));
  for (const name of undeclared) {
    const value = (given[name] ?? null) as Value;
    const problem = sizeProblem(value);
    if (problem === null) kept.push([name, value]);
    else problems.push(`output "${name}" cannot be kept: ${problem}`);
  }
  return { outputs: Object.fromEntries(kept), undeclared, problems };
}

function schemaOf({ type, description }: EffectiveOutput): ValueObject {
  const schema = schemaOfType(type);
  return description === null ? schema : { ...schema, description };
}

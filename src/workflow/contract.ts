import { sizeProblem } from "../expression/size-problem.ts";
import type { Value, ValueObject } from "../expression/value.ts";
import type { EffectiveOutput } from "./effective.ts";
import { schemaOfType, valueProblems } from "./value-type.ts";

/** The outputs that a stage must return, as the JSON Schema of one object. */
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
  /** The declared outputs, with defaults for missing ones, then the undeclared ones. */
  outputs: ValueObject;
  undeclared: string[];
  /** Empty when the outputs keep the contract. */
  problems: ContractProblem[];
}

/** A problem with one output or with one item of it. */
export interface ContractProblem {
  /** Such as `count` or `findings[2]`. */
  path: string;
  /** A whole sentence that names what was expected and what was given. */
  message: string;
}

/** Checks an agent's outputs against those that its stage declares. Values that break the contract are left out. */
export function checkOutputs(
  outputs: Record<string, EffectiveOutput>,
  given: Record<string, unknown>,
): CheckedOutputs {
  const kept: [string, Value][] = [];
  const problems: ContractProblem[] = [];
  for (const [name, output] of Object.entries(outputs)) {
    const value = Object.hasOwn(given, name) ? given[name] : undefined;
    if (value === undefined) {
      const message = `output "${name}" is missing. it is required, of type ${output.type}`;
      if (output.required) problems.push({ path: name, message });
      else if (output.default !== undefined) kept.push([name, output.default]);
      continue;
    }
    const wrong = valueProblems(output.type, value);
    if (wrong.length === 0) kept.push([name, value as Value]);
    for (const { at, says } of wrong) {
      problems.push({ path: `${name}${at}`, message: `output "${name}${at}" ${says}` });
    }
  }
  const undeclared = Object.keys(given).filter((name) => !Object.hasOwn(outputs, name));
  for (const name of undeclared) {
    const value = (given[name] ?? null) as Value;
    const problem = sizeProblem(value);
    if (problem === null) kept.push([name, value]);
    else problems.push({ path: name, message: `output "${name}" cannot be kept: ${problem}` });
  }
  return { outputs: Object.fromEntries(kept), undeclared, problems };
}

function schemaOf({ type, description }: EffectiveOutput): ValueObject {
  const schema = schemaOfType(type);
  return description === null ? schema : { ...schema, description };
}

import { AppError, type AppErrorDetail } from "../errors.ts";
import { deepEqual } from "../expression/deep-equal.ts";
import { nearest } from "../expression/nearest.ts";
import type { Value } from "../expression/value.ts";
import type { EffectiveDefinition, EffectiveParameter } from "./effective.ts";
import type { PlanParameter } from "./plan.ts";
import { isSecretParameter, mask } from "./secret-name.ts";
import { writtenText } from "./shape-problems.ts";
import { nodeAt, type SourceNode } from "./source-node.ts";
import { checkValue, coerceText, showValue } from "./value-type.ts";

/** Used in messages, because process lists and shell histories show the values of a command line. */
export const waysToGiveSecrets = 'with "--params-file", or "parameters" in the request';

export interface ParameterOptions {
  /** True when texts, from a command line or a form, are converted to the declared type. */
  coerce: boolean;
  /** The names whose default a project override has set. */
  overridden: readonly string[];
  /** For messages: the given values as they are written in their file. */
  written?: ReadonlyMap<string, SourceNode>;
}

/**
 * The parameter values of a run, in the order of their declaration. An optional parameter without a value is omitted.
 * Throws `AppError("invalid_parameters")` whose details name everything that is wrong.
 */
export function resolveParameters(
  definition: EffectiveDefinition,
  given: Record<string, Value>,
  { coerce, overridden, written }: ParameterOptions,
): PlanParameter[] {
  const declared = definition.config.parameters;
  const names = Object.keys(declared);
  const problems: AppErrorDetail[] = [];
  for (const name of Object.keys(given)) {
    if (!Object.hasOwn(declared, name)) problems.push({ path: name, message: unknownText(name, names) });
  }
  const resolved = Object.entries(declared).flatMap(([name, parameter]): PlanParameter[] => {
    const value = Object.hasOwn(given, name) ? given[name] : undefined;
    if (value !== undefined) {
      const isSecret = isSecretParameter(name, parameter);
      const checked = checkGiven(parameter, value, { coerce, isSecret, written: written?.get(name) ?? null });
      if ("value" in checked) return [{ name, value: checked.value, origin: "given" }];
      problems.push({ path: name, message: `parameter "${name}" ${checked.problem}` });
    } else if (parameter.default !== undefined) {
      return [{ name, value: parameter.default, origin: overridden.includes(name) ? "override" : "default" }];
    } else if (parameter.required) {
      problems.push({ path: name, message: missingText(name, parameter) });
    }
    return [];
  });
  if (problems.length > 0) throw invalidParameters(problems);
  return resolved;
}

/**
 * The names of required secret parameters that nobody has given, in the order of their declaration. A text that is a
 * secret by its name counts, unless its values are listed: a person who is asked for it must not see it either.
 */
export function missingSecrets(
  { config }: EffectiveDefinition,
  given: Readonly<Record<string, Value>>,
): string[] {
  return Object.entries(config.parameters).flatMap(([name, parameter]) => {
    const isAsked = parameter.required && parameter.type === "string" && parameter.enum === null;
    return isAsked && isSecretParameter(name, parameter) && !Object.hasOwn(given, name) ? [name] : [];
  });
}

/** Converts a text from a form to the parameter's type. A problem with a secret does not show its value. */
export function parameterFromText(
  name: string,
  parameter: EffectiveParameter,
  text: string,
): { value: Value } | { problem: string } {
  return checkGiven(parameter, text, {
    coerce: true,
    isSecret: isSecretParameter(name, parameter),
    written: null,
  });
}

/** Checks a value that has a type already. A problem with a secret does not show its value. */
export function parameterFrom(
  name: string,
  parameter: EffectiveParameter,
  value: Value,
): { value: Value } | { problem: string } {
  return checkGiven(parameter, value, {
    coerce: false,
    isSecret: isSecretParameter(name, parameter),
    written: null,
  });
}

function checkGiven(
  parameter: EffectiveParameter,
  given: Value,
  { coerce, isSecret, written }: { coerce: boolean; isSecret: boolean; written: SourceNode | null },
): { value: Value } | { problem: string } {
  const { type, enum: values } = parameter;
  const checked =
    coerce && typeof given === "string" ? coerceText(type, given) : checkTyped(type, given, written);
  // A problem with a secret does not show its value.
  if ("problem" in checked) return isSecret ? { problem: `must be ${type}` } : checked;
  if (!values || values.some((each) => deepEqual(each, checked.value))) return checked;
  const list = values.map((each) => JSON.stringify(each)).join(", ");
  return { problem: `must be one of ${list}, not ${isSecret ? mask : JSON.stringify(checked.value)}` };
}

function checkTyped(
  type: string,
  value: Value,
  written: SourceNode | null,
): { value: Value } | { problem: string } {
  const problem = checkValue(type, value, (part, at) =>
    typeof part === "string" ? showValue(part) : (writtenText(nodeAt(written, at)) ?? showValue(part)),
  );
  return problem === null ? { value } : { problem };
}

function missingText(name: string, { type, secret }: EffectiveParameter): string {
  return secret === true
    ? `parameter "${name}" is secret and missing. give it ${waysToGiveSecrets}`
    : `parameter "${name}" of type ${type} is missing`;
}

function unknownText(name: string, names: readonly string[]): string {
  const meant = nearest(name, names);
  if (meant !== null) return `there is no parameter "${name}". did you mean "${meant}"?`;
  if (names.length === 0) return `there is no parameter "${name}". this workflow takes none`;
  return `there is no parameter "${name}". there ${names.length === 1 ? "is" : "are"} ${names.join(", ")}`;
}

/** The message is the problem, or the number of problems if there are several. The details are all of them. */
export function invalidParameters(problems: readonly AppErrorDetail[]): AppError {
  const [first] = problems;
  const message = problems.length === 1 && first ? first.message : `${problems.length} parameters are wrong`;
  return new AppError("invalid_parameters", message, problems);
}

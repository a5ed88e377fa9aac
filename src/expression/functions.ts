import { codePoints } from "./code-points.ts";
import { deepEqual } from "./deep-equal.ts";
import { isArray, isObject, hasOwnProperty } from "./own-property.ts";
import { parseJson } from "./parse-json.ts";
import { deepestValue, sizeProblem } from "./size-problem.ts";
import type { Value } from "./value.ts";
import { kindOf } from "./value-kind.ts";

export interface FunctionEntry {
  /** For people; as many as the function takes. */
  readonly parameters: readonly string[];
  /** Gets as many arguments as there are parameters. */
  run(args: readonly Value[]): FunctionResult;
}

/** `argument` is the place of the argument that is wrong, from 0. */
export type FunctionResult = { value: Value } | { problem: string; argument: number };

/** Every function of the language by its name. */
export const functions: ReadonlyMap<string, FunctionEntry> = new Map<string, FunctionEntry>([
  ["length", { parameters: ["string, array or object"], run: ([of = null]) => length(of) }],
  [
    "contains",
    {
      parameters: ["string, array or object", "what is looked for"],
      run: ([inside = null, item = null]) => contains(inside, item),
    },
  ],
  ["toJSON", { parameters: ["value"], run: ([value = null]) => toJson(value) }],
  ["fromJSON", { parameters: ["string"], run: ([text = null]) => fromJson(text) }],
]);

function length(of: Value): FunctionResult {
  if (typeof of === "string") return { value: codePoints(of) };
  if (isArray(of)) return { value: of.length };
  if (isObject(of)) return { value: Object.keys(of).length };
  return { problem: `"length" takes a string, an array or an object, not ${kindOf(of)}`, argument: 0 };
}

function contains(inside: Value, item: Value): FunctionResult {
  if (isArray(inside)) return { value: inside.some((each) => deepEqual(each, item)) };
  if (typeof inside !== "string" && !isObject(inside)) {
    return {
      problem: `"contains" looks into a string, an array or an object, not ${kindOf(inside)}`,
      argument: 0,
    };
  }
  if (typeof item !== "string") {
    return {
      problem: `"contains" looks for a string in ${kindOf(inside)}, not for ${kindOf(item)}`,
      argument: 1,
    };
  }
  return { value: typeof inside === "string" ? inside.includes(item) : hasOwnProperty(inside, item) };
}

function toJson(value: Value): FunctionResult {
  const problem = sizeProblem(value);
  return problem === null
    ? { value: JSON.stringify(value) }
    : { problem: `"toJSON" cannot write this value: ${problem}`, argument: 0 };
}

function fromJson(text: Value): FunctionResult {
  if (typeof text !== "string") {
    return { problem: `"fromJSON" takes a string, not ${kindOf(text)}`, argument: 0 };
  }
  const parsed = parseJson(text, deepestValue);
  if ("problem" in parsed)
    return { problem: `"fromJSON" cannot read the text: it ${parsed.problem}`, argument: 0 };
  const problem = sizeProblem(parsed.value);
  return problem === null ? parsed : { problem: `"fromJSON" cannot use the value: ${problem}`, argument: 0 };
}

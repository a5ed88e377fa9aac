import { codePoints } from "./code-points.ts";
import { isSame, namesIn, plain, readFrom, type MarkedValue, type Marks } from "./marked.ts";
import { hasOwnProperty, isArray, isHiddenKey, isObject } from "./own-property.ts";
import { parseJson } from "./parse-json.ts";
import { deepestValue, longestValue, sizeProblem } from "./size-problem.ts";
import type { Value } from "./value.ts";
import { kindOf } from "./value-kind.ts";

export interface FunctionEntry {
  /** For people; as many as the function takes. */
  readonly parameters: readonly string[];
  /** The last parameter may be given again and again. */
  readonly takesMore?: true;
  /** True of an argument after which no other is evaluated. */
  isEnough?(value: Value): boolean;
  /** Gets the arguments that were evaluated. */
  run(args: readonly MarkedValue[]): FunctionResult;
}

/** `argument` is the place of the argument that is wrong, from 0. `marks`: the statuses in the value. */
export type FunctionResult = { value: Value; marks?: Marks } | { problem: string; argument: number };

const nothing = plain(null);

/** Every function of the language by its name. */
export const functions: ReadonlyMap<string, FunctionEntry> = new Map<string, FunctionEntry>([
  ["length", { parameters: ["string, array or object"], run: ([of = nothing]) => length(of.value) }],
  [
    "contains",
    {
      parameters: ["string, array or object", "what is looked for"],
      run: ([inside = nothing, item = nothing]) => contains(inside, item),
    },
  ],
  [
    "join",
    {
      parameters: ["array of strings and numbers", "separator"],
      run: ([items = nothing, separator = nothing]) => join(items.value, separator.value),
    },
  ],
  ["keys", { parameters: ["object"], run: ([of = nothing]) => keys(of.value) }],
  [
    "coalesce",
    {
      parameters: ["value", "…"],
      takesMore: true,
      isEnough: (value) => value !== null,
      run: (args) => args.at(-1) ?? nothing,
    },
  ],
  ["toJSON", { parameters: ["value"], run: ([value = nothing]) => toJson(value.value) }],
  ["fromJSON", { parameters: ["string"], run: ([text = nothing]) => fromJson(text.value) }],
]);

/** Whether a function may be called with so many arguments. */
export function takesCount({ parameters, takesMore }: FunctionEntry, count: number): boolean {
  return takesMore ? count >= parameters.length - 1 : count === parameters.length;
}

function length(of: Value): FunctionResult {
  if (typeof of === "string") return { value: codePoints(of) };
  if (isArray(of)) return { value: of.length };
  if (isObject(of)) return { value: Object.keys(of).length };
  return { problem: `"length" takes a string, an array or an object, not ${kindOf(of)}`, argument: 0 };
}

/** A status is found by its aliases, wherever it stands. */
function contains(inside: MarkedValue, item: MarkedValue): FunctionResult {
  const { value: held } = inside;
  if (isArray(held)) {
    return { value: held.some((_, at) => isSame(readFrom(inside, plain(at)), item)) };
  }
  if (typeof held !== "string" && !isObject(held)) {
    return {
      problem: `"contains" looks into a string, an array or an object, not ${kindOf(held)}`,
      argument: 0,
    };
  }
  if (typeof item.value !== "string") {
    return {
      problem: `"contains" looks for a string in ${kindOf(held)}, not for ${kindOf(item.value)}`,
      argument: 1,
    };
  }
  const names = namesIn(item);
  if (isObject(held)) return { value: names.some((name) => hasOwnProperty(held, name)) };
  return { value: namesIn(inside).some((text) => names.some((name) => text.includes(name))) };
}

function join(items: Value, separator: Value): FunctionResult {
  if (!isArray(items))
    return { problem: `"join" takes an array of strings and numbers, not ${kindOf(items)}`, argument: 0 };
  const odd = items.findIndex((item) => typeof item !== "string" && typeof item !== "number");
  if (odd >= 0) {
    const what = kindOf(items[odd] ?? null);
    return { problem: `"join" takes strings and numbers, but item ${odd} is ${what}`, argument: 0 };
  }
  if (typeof separator !== "string")
    return { problem: `"join" takes a string between the items, not ${kindOf(separator)}`, argument: 1 };
  const size = items.reduce<number>((sum, item) => sum + String(item).length + separator.length, 0);
  if (size > longestValue) return { problem: '"join" makes a text that is longer than 16 MiB', argument: 0 };
  return { value: items.join(separator) };
}

function keys(of: Value): FunctionResult {
  if (!isObject(of)) return { problem: `"keys" takes an object, not ${kindOf(of)}`, argument: 0 };
  return { value: Object.keys(of).filter((key) => !isHiddenKey(key)) };
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

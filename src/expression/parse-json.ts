import { endOfString, isDeeperThan } from "./json-depth.ts";
import { numberProblem } from "./number-problem.ts";
import type { Value } from "./value.ts";

/**
 * `syntax`: the text is no JSON; `depth`: brackets lie too deep in one another; `number`: one cannot be kept as it is
 * written, and begins at `offset`. `problem` is to be put after "it …", such as `is not JSON (…)`.
 */
export type ParsedJson =
  { value: Value } | { fault: "syntax" | "depth" | "number"; problem: string; offset: number };

/** What no number that JSON.parse would change is without. */
const mayHoldLarge = /[0-9]{16}|[0-9][eE]/;
const number = /-?[0-9][0-9.eE+-]*/y;

/** Reads JSON from outside: whatever comes back is what was written. Keys are own properties, `__proto__` too. */
export function parseJson(text: string, deepest: number): ParsedJson {
  if (isDeeperThan(text, deepest))
    return { fault: "depth", problem: `is nested deeper than ${deepest} levels`, offset: 0 };
  let value: Value;
  try {
    value = JSON.parse(text) as Value;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    const why = error.message.replace(/^JSON Parse error: /, "");
    return { fault: "syntax", problem: text.trim() === "" ? "is empty" : `is not JSON (${why})`, offset: 0 };
  }
  const fault = mayHoldLarge.test(text) ? firstBadNumber(text) : null;
  return fault === null ? { value } : { fault: "number", ...fault };
}

/** In a text that is JSON: everything with a digit outside of strings is a number. */
function firstBadNumber(text: string): { problem: string; offset: number } | null {
  for (let at = 0; at < text.length; at++) {
    const unit = text[at] ?? "";
    if (unit === '"') at = endOfString(text, at);
    else if (unit === "-" || (unit >= "0" && unit <= "9")) {
      number.lastIndex = at;
      const written = number.exec(text)?.[0] ?? unit;
      const problem = numberProblem(written);
      if (problem !== null) return { problem: `holds a number that cannot be kept: ${problem}`, offset: at };
      at += written.length - 1;
    }
  }
  return null;
}

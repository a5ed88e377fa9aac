import { functions, type FunctionEntry } from "./functions.ts";
import { nearest } from "./nearest.ts";

/** What to say about a name that is not there: the trouble, and the way out. */
export interface WrongName {
  message: string;
  hint: string;
}

export function unknownNamespace(name: string, known: readonly string[]): WrongName {
  return { message: `there is no namespace "${shortened(name)}"`, hint: wayOut(name, "namespaces", known) };
}

export function unknownFunction(name: string): WrongName {
  return {
    message: `there is no function "${shortened(name)}"`,
    hint: wayOut(name, "functions", [...functions.keys()]),
  };
}

/** What to say about a call with too few or too many arguments. */
export function wrongCount(name: string, called: FunctionEntry, args: readonly unknown[]): string {
  const { parameters, takesMore } = called;
  const least = takesMore ? parameters.length - 1 : parameters.length;
  const wanted = `${takesMore ? "at least " : ""}${least === 1 ? "1 argument" : `${least} arguments`}`;
  return `"${name}" takes ${wanted}, not ${args.length}: ${name}(${parameters.join(", ")})`;
}

function wayOut(name: string, what: string, known: readonly string[]): string {
  const meant = nearest(name, known);
  const list = known.length === 0 ? "none" : known.map((each) => `"${each}"`).join(", ");
  return `${meant === null ? "" : `did you mean "${meant}"? `}${what} are ${list}`;
}

function shortened(name: string): string {
  return name.length > 60 ? `${name.slice(0, 60)}…` : name;
}

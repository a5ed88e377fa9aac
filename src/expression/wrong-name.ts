import { functions, type FunctionEntry } from "./functions.ts";
import { nearest } from "./nearest.ts";

/** What to say about a name that is not there: the trouble, and the way out. */
export interface WrongName {
  message: string;
  hint: string;
}

export function unknownNamespace(name: string, known: readonly string[]): WrongName {
  return { message: `there is no namespace "${shortenName(name)}"`, hint: wayOut(name, "namespaces", known) };
}

export function unknownFunction(name: string): WrongName {
  return {
    message: `there is no function "${shortenName(name)}"`,
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

/** What other tools have in our place. */
const foreign: Readonly<Record<string, string>> = {
  needs: 'a stage\'s outputs are "stages.<id>.outputs"',
  steps: 'a stage\'s outputs are "stages.<id>.outputs"',
  jobs: 'a stage\'s outputs are "stages.<id>.outputs"',
  tasks: 'a stage\'s outputs are "stages.<id>.outputs"',
  outputs: 'a stage\'s outputs are "stages.<id>.outputs"',
  inputs: 'what a run is given is "parameters"',
  input: 'what a run is given is "parameters"',
  params: 'what a run is given is "parameters"',
  args: 'what a run is given is "parameters"',
  vars: 'variables are "env", what a run is given is "parameters"',
  variables: 'variables are "env", what a run is given is "parameters"',
  environment: 'variables are "env"',
  github: 'facts of a run are in "run" and "workflow"',
  execution: 'facts of a run are in "run" and "workflow"',
  success: "compare a status: stages.<id>.status == 'success'",
  failure: "compare a status: stages.<id>.status == 'failure'",
  failed: "compare a status: stages.<id>.status == 'failure'",
  succeeded: "compare a status: stages.<id>.status == 'success'",
  cancelled: "compare a status: stages.<id>.status == 'cancelled'",
  always: "a stage without a condition runs whenever what it depends on lets it",
  format: "a text with ${{ }} in it is a template",
  concat: "a text with ${{ }} in it is a template",
  startsWith: '"contains" looks for a part of a text',
  endsWith: '"contains" looks for a part of a text',
  includes: '"contains" looks for a part of a text',
  len: '"length" counts',
  size: '"length" counts',
  count: '"length" counts',
  default: '"coalesce" gives the first value that is not null, "||" the first that is not empty',
  stringify: '"toJSON" writes a value as text',
  parse: '"fromJSON" reads a text',
};

function wayOut(name: string, what: string, known: readonly string[]): string {
  if (Object.hasOwn(foreign, name) && !known.includes(name)) return foreign[name] ?? "";
  const meant = nearest(name, known);
  const list = known.length === 0 ? "none" : known.map((each) => `"${each}"`).join(", ");
  return `${meant === null ? "" : `did you mean "${meant}"? `}${what} are ${list}`;
}

function shortenName(name: string): string {
  return name.length > 60 ? `${name.slice(0, 60)}…` : name;
}

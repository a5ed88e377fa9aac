import { executionStatuses } from "../../execution/status.ts";
import type { ArgumentSpec, OptionSpec } from "../command.ts";

export const formatOption: OptionSpec = {
  flags: "--format <format>",
  description: "table for people, json for programs (the API's objects and nothing else on stdout)",
  choices: ["table", "json"],
};

export const runIdArgument: ArgumentSpec = {
  name: "run_id",
  description: "the short id of an execution, or any 4 or more characters of its id",
};

export const workflowArgument: ArgumentSpec = {
  name: "name",
  description: "the name, id or slug of a stored workflow",
};

export const pathOrNameArgument: ArgumentSpec = {
  name: "workflow",
  description: "a file or folder, or the name, id or slug of a stored workflow",
};

export const yesOption: OptionSpec = {
  flags: "-y, --yes",
  description: "do not ask; required without a terminal",
};

export const statusOption: OptionSpec = {
  flags: "--status <status>",
  description: "show only executions with this status",
  choices: executionStatuses,
};

export const parameterOptions: OptionSpec[] = [
  { flags: "--param <name=value>", description: "the value of a parameter; can be repeated", repeats: true },
  {
    flags: "--params-file <file>",
    description: "a file with parameters as YAML or JSON (- reads stdin); --param wins over it",
  },
];

export const strictOption: OptionSpec = {
  flags: "--strict",
  description: "treat warnings as errors, and also what is missing here to start a run",
};

export const dispatcherOptions: OptionSpec[] = [
  {
    flags: "--dispatcher <name>",
    description: "how all stages run, whatever their agents say; `simulated` needs no agent",
  },
  { flags: "--script <file>", description: "a file that says what the simulated agents do" },
  { flags: "--sim-delay <duration>", description: "the time that a simulated stage takes (default: 0)" },
];

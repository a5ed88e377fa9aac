import { executionStatuses } from "../../execution/status.ts";
import type { ArgumentSpec, OptionSpec } from "../command.ts";

export const formatOption: OptionSpec = {
  flags: "--format <format>",
  description: "table for people, json for programs (the API's objects, nothing else on stdout)",
  choices: ["table", "json"],
};

export const runIdArgument: ArgumentSpec = {
  name: "run_id",
  description: "an execution's short id, or any part of its id of 4 characters or more",
};

export const workflowArgument: ArgumentSpec = {
  name: "name",
  description: "a stored workflow's name, id or slug",
};

export const pathOrNameArgument: ArgumentSpec = {
  name: "workflow",
  description: "a file or folder, or a stored workflow's name, id or slug",
};

export const yesOption: OptionSpec = {
  flags: "-y, --yes",
  description: "do not ask; needed where there is no terminal",
};

export const statusOption: OptionSpec = {
  flags: "--status <status>",
  description: "only executions in this status",
  choices: executionStatuses,
};

export const parameterOptions: OptionSpec[] = [
  { flags: "--param <name=value>", description: "a parameter; again for more", repeats: true },
  {
    flags: "--params-file <file>",
    description: "parameters as YAML or JSON (- reads stdin); --param wins over it",
  },
];

export const strictOption: OptionSpec = {
  flags: "--strict",
  description: "warnings are errors, and so is what is missing here for a start",
};

export const dispatcherOptions: OptionSpec[] = [
  {
    flags: "--dispatcher <name>",
    description: "who does every stage, over each agent's own; `simulated` needs no agent",
  },
  { flags: "--script <file>", description: "what the simulated agents do" },
  { flags: "--sim-delay <duration>", description: "how long a simulated stage takes (default: 0)" },
];

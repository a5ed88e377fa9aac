import type { Command } from "../command.ts";
import {
  formatOption,
  parameterOptions,
  pathOrNameArgument,
  strictOption,
  workflowArgument,
  yesOption,
} from "./common-options.ts";

/** The commands of `skillmeat workflow …` about definitions. */
export const definitionCommands: Command[] = [
  {
    name: "create",
    summary: "check a workflow file and store it in the collection",
    arguments: [{ name: "path", description: "a file, or a folder with a WORKFLOW.yaml, .yml or .json" }],
    options: [
      { flags: "--name <name>", description: "the name of the stored workflow (default: workflow.id)" },
      {
        flags: "--force",
        description: "replace a workflow of that name; its history keeps the old version",
      },
      formatOption,
    ],
    examples: ["workflow create WORKFLOW.yaml", "workflow create ./release --name release-train --force"],
    load: () => import("./workflow-create.ts"),
  },
  {
    name: "list",
    summary: "list stored workflows",
    options: [
      {
        flags: "--status <status>",
        description: "show only workflows with this status",
        choices: ["draft", "published", "archived"],
      },
      {
        flags: "--tag <tag>",
        description: "show only workflows with this tag; can be repeated",
        repeats: true,
      },
      {
        flags: "--search <text>",
        description: "show only workflows whose name, id, description or tags contain this",
      },
      {
        flags: "--sort <by>",
        description: "the order of the list",
        choices: ["name", "updated", "last-run"],
      },
      { flags: "--limit <count>", description: "the maximum number of results, 1 to 100 (default: 20)" },
      { flags: "--cursor <cursor>", description: "continue after the end of an earlier list" },
      formatOption,
    ],
    examples: ["workflow list --tag release --sort last-run"],
    load: () => import("./workflow-list.ts"),
  },
  {
    name: "show",
    summary: "show a stored workflow: metadata, stages, last execution",
    arguments: [workflowArgument],
    options: [
      { flags: "--effective", description: "print the definition with all defaults filled in" },
      { flags: "--yaml", description: "print the definition as it is stored" },
      formatOption,
    ],
    examples: ["workflow show sdlc-feature", "workflow show sdlc-feature --effective"],
    load: () => import("./workflow-show.ts"),
  },
  {
    name: "validate",
    summary: "check a definition and print every problem with its place",
    arguments: [
      { name: "workflow", description: "a file, a folder, a stored workflow's name, or - for stdin" },
    ],
    options: [
      {
        flags: "--strict",
        description:
          "what is missing here is an error too: artifacts, context modules, programs, dispatchers",
      },
      formatOption,
    ],
    examples: ["workflow validate WORKFLOW.yaml", "workflow validate - < WORKFLOW.yaml"],
    load: () => import("./workflow-validate.ts"),
  },
  {
    name: "plan",
    summary: "show what would run and in which order; nothing runs",
    arguments: [pathOrNameArgument],
    options: [...parameterOptions, strictOption, formatOption],
    examples: ["workflow plan WORKFLOW.yaml --param feature_name=search"],
    load: () => import("./workflow-plan.ts"),
  },
  {
    name: "edit",
    summary: "edit a stored workflow in $EDITOR; it is checked before it is saved",
    arguments: [workflowArgument],
    examples: ["workflow edit sdlc-feature"],
    load: () => import("./workflow-edit.ts"),
  },
  {
    name: "export",
    summary: "write a stored workflow's definition to a file",
    arguments: [workflowArgument],
    options: [
      { flags: "-o, --output <file>", description: "the file to write; - is stdout (default: -)" },
      {
        flags: "--format <format>",
        description: "yaml or json (default: the stored text, unchanged)",
        choices: ["yaml", "json"],
      },
    ],
    examples: ["workflow export sdlc-feature -o WORKFLOW.yaml", "workflow export sdlc-feature --format json"],
    load: () => import("./workflow-export.ts"),
  },
  {
    name: "publish",
    summary: "mark a stored workflow as ready for use",
    arguments: [workflowArgument],
    examples: ["workflow publish sdlc-feature"],
    load: async () => ({ run: (await import("./set-status.ts")).publish }),
  },
  {
    name: "archive",
    summary: "archive a stored workflow; its file and its executions stay",
    arguments: [workflowArgument],
    examples: ["workflow archive sdlc-feature"],
    load: async () => ({ run: (await import("./set-status.ts")).archive }),
  },
  {
    name: "delete",
    summary: "remove a stored workflow; its executions stay",
    arguments: [workflowArgument],
    options: [yesOption],
    examples: ["workflow delete sdlc-feature"],
    load: () => import("./workflow-delete.ts"),
  },
  {
    name: "duplicate",
    summary: "store a copy of a workflow under a new name",
    arguments: [workflowArgument, { name: "new", description: "the copy's name" }],
    options: [formatOption],
    examples: ["workflow duplicate sdlc-feature sdlc-hotfix"],
    load: () => import("./workflow-duplicate.ts"),
  },
  {
    name: "schema",
    summary: "print the JSON Schema of workflow files, for editors",
    examples: ["workflow schema"],
    load: () => import("./workflow-schema.ts"),
  },
  {
    name: "eval",
    summary: "evaluate an expression and print its value as JSON",
    arguments: [{ name: "expression", description: "the expression, with or without ${{ }}" }],
    takesDashes: true,
    options: [
      { flags: "--context <file>", description: "a JSON file with the namespaces: parameters, stages, …" },
      {
        flags: "--format <format>",
        description: "with json, errors are printed to stdout as JSON too",
        choices: ["table", "json"],
      },
    ],
    examples: [`workflow eval "length('abc') > 2"`, "workflow eval parameters.name --context context.json"],
    load: () => import("./workflow-eval.ts"),
  },
];

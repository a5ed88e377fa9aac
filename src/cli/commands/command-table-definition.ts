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
    arguments: [{ name: "path", description: "a file, or a folder that holds WORKFLOW.yaml, .yml or .json" }],
    options: [
      { flags: "--name <name>", description: "the name to store it under (default: workflow.id)" },
      {
        flags: "--force",
        description: "replace a workflow of that name; the old version stays in its history",
      },
      formatOption,
    ],
    examples: ["workflow create WORKFLOW.yaml", "workflow create ./release --name release-train --force"],
    load: () => import("./workflow-create.ts"),
  },
  {
    name: "list",
    summary: "stored workflows",
    options: [
      {
        flags: "--status <status>",
        description: "only workflows in this status",
        choices: ["draft", "published", "archived"],
      },
      { flags: "--tag <tag>", description: "only workflows with this tag; again for more", repeats: true },
      {
        flags: "--search <text>",
        description: "only workflows whose name, id, description or tags hold this",
      },
      { flags: "--sort <by>", description: "what comes first", choices: ["name", "updated", "last-run"] },
      { flags: "--limit <count>", description: "at most so many, 1 to 100 (default: 20)" },
      { flags: "--cursor <cursor>", description: "go on where a list ended" },
      formatOption,
    ],
    examples: ["workflow list --tag release --sort last-run"],
    load: () => import("./workflow-list.ts"),
  },
  {
    name: "show",
    summary: "a stored workflow: metadata, stages, last execution",
    arguments: [workflowArgument],
    options: [
      { flags: "--effective", description: "the definition with all defaults in" },
      { flags: "--yaml", description: "the definition as it is stored" },
      formatOption,
    ],
    examples: ["workflow show sdlc-feature", "workflow show sdlc-feature --effective"],
    load: () => import("./workflow-show.ts"),
  },
  {
    name: "validate",
    summary: "everything that is wrong with a definition, with its place",
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
    summary: "what would run, in which order; nothing runs",
    arguments: [pathOrNameArgument],
    options: [...parameterOptions, strictOption, formatOption],
    examples: ["workflow plan WORKFLOW.yaml --param feature_name=search"],
    load: () => import("./workflow-plan.ts"),
  },
  {
    name: "edit",
    summary: "change a stored workflow in $EDITOR; it is checked before it is saved",
    arguments: [workflowArgument],
    examples: ["workflow edit sdlc-feature"],
    load: () => import("./workflow-edit.ts"),
  },
  {
    name: "export",
    summary: "a stored workflow's definition as a file",
    arguments: [workflowArgument],
    options: [
      { flags: "-o, --output <file>", description: "write it there (default, and -: stdout)" },
      {
        flags: "--format <format>",
        description: "yaml or json (default: the stored text as it is)",
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
    summary: "put a stored workflow away; its file and its executions stay",
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
    summary: "the JSON Schema of workflow files, for editors",
    examples: ["workflow schema"],
    load: () => import("./workflow-schema.ts"),
  },
  {
    name: "eval",
    summary: "the value of one expression, as JSON",
    arguments: [{ name: "expression", description: "with or without ${{ }}" }],
    takesDashes: true,
    options: [
      { flags: "--context <file>", description: "a JSON file with the namespaces: parameters, stages, …" },
      {
        flags: "--format <format>",
        description: "json: errors are JSON on stdout too",
        choices: ["table", "json"],
      },
    ],
    examples: [`workflow eval "length('abc') > 2"`, "workflow eval parameters.name --context context.json"],
    load: () => import("./workflow-eval.ts"),
  },
];

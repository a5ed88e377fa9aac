import type { Command, CommandGroup } from "./command.ts";
import { controlCommands } from "./command-table-control.ts";
import { definitionCommands } from "./command-table-definition.ts";
import { formatOption } from "./common-options.ts";

/** Every command there is. Only the one that is asked for is loaded. */
export const commandTable: (Command | CommandGroup)[] = [
  {
    name: "workflow",
    summary: "write, check, run and follow workflows",
    examples: ["workflow validate WORKFLOW.yaml", "workflow run WORKFLOW.yaml", "workflow runs"],
    commands: [...definitionCommands, ...controlCommands],
  },
  {
    name: "list",
    summary: "what the collection holds: workflows and artifacts",
    options: [
      {
        flags: "--type <type>",
        description: "only these",
        choices: ["workflow", "agent", "skill", "command", "mcp"],
      },
      formatOption,
    ],
    examples: ["list", "list --type agent --format json"],
    load: () => import("./list.ts"),
  },
  {
    name: "db",
    summary: "look after the database",
    examples: ["db status", "db backup before-upgrade.db"],
    commands: [
      {
        name: "migrate",
        summary: "bring the database up to this version; it is backed up first",
        options: [formatOption],
        examples: ["db migrate"],
        load: () => import("./db-migrate.ts"),
      },
      {
        name: "status",
        summary: "where the database is, how big, and how far migrated",
        options: [formatOption],
        examples: ["db status --format json"],
        load: () => import("./db-status.ts"),
      },
      {
        name: "backup",
        summary: "copy the database to a file, consistently, while it is in use",
        arguments: [{ name: "file", description: "where to; must not exist yet" }],
        examples: ["db backup before-upgrade.db"],
        load: () => import("./db-backup.ts"),
      },
    ],
  },
  {
    name: "doctor",
    summary: "what is installed, where, and which agents can be reached",
    options: [formatOption],
    examples: ["doctor"],
    load: () => import("./doctor.ts"),
  },
  {
    name: "completion",
    summary: "a completion script for a shell",
    arguments: [{ name: "shell", description: "bash, zsh or fish" }],
    examples: ["completion bash > ~/.local/share/bash-completion/completions/skillmeat"],
    load: () => import("./completion.ts"),
  },
  {
    name: "engine-host",
    summary: "drives executions in the background until they end",
    options: [{ flags: "--max-steps <count>", description: "agents at once" }],
    examples: ["engine-host < request.json"],
    hidden: true,
    load: () => import("./engine-host.ts"),
  },
];

import type { Command, CommandGroup } from "./command.ts";
import { controlCommands } from "./command-table-control.ts";
import { definitionCommands } from "./command-table-definition.ts";
import { dispatcherOptions, formatOption } from "./common-options.ts";

/** Every command there is. Only the one that is asked for is loaded. */
export const commandTable: (Command | CommandGroup)[] = [
  {
    name: "workflow",
    summary: "write, check, run and follow workflows",
    examples: ["workflow validate WORKFLOW.yaml", "workflow run WORKFLOW.yaml", "workflow runs"],
    commands: [...definitionCommands, ...controlCommands],
  },
  {
    name: "serve",
    summary: "the web pages and the HTTP API, on one port; goes on with what was left",
    options: [
      { flags: "--host <address>", description: "where to listen (default: 127.0.0.1)" },
      { flags: "--port <port>", description: "on which port; 0 takes a free one (default: 8787)" },
      { flags: "--open", description: "open a browser there" },
      {
        flags: "--on-stop <mode>",
        description:
          "what SIGTERM does with running agents: leave them to the next start, wait for them, stop them",
        choices: ["leave", "wait", "stop"],
      },
      {
        flags: "--token <token>",
        description: "what clients must show; needed where others can reach the server (or $SKILLMEAT_TOKEN)",
      },
      { flags: "--max-steps <count>", description: "agents at once, 1 to 1000 (default: 8)" },
      ...dispatcherOptions,
      { flags: "--workdir <dir>", description: "where the agents work (default: here)" },
    ],
    notes:
      "SIGTERM ends it within 10 seconds. Ctrl+C stops running agents too; their steps go on at the next start.",
    examples: ["serve --open", 'serve --host 0.0.0.0 --port 80 --token "$TOKEN"'],
    load: () => import("./serve.ts"),
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

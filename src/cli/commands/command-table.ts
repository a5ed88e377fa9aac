import type { Command, CommandGroup } from "../command.ts";
import { controlCommands } from "./command-table-control.ts";
import { definitionCommands } from "./command-table-definition.ts";
import { dispatcherOptions, formatOption, yesOption } from "./common-options.ts";

/** All commands. Only the one that is asked for is loaded. */
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
        flags: "--token-file <file>",
        description:
          "the token that clients must show, over $SKILLMEAT_TOKEN and serve.token in the data's folder",
      },
      {
        flags: "--token <token>",
        description: "what clients must show",
        gone:
          "--token is taken no longer: every user of the machine can read a command line. " +
          "write the token to a file and give --token-file, or set SKILLMEAT_TOKEN",
      },
      {
        flags: "--no-token",
        description:
          "let everybody on this machine in (or $SKILLMEAT_NO_TOKEN=1); on a loopback address only",
      },
      { flags: "--max-steps <count>", description: "agents at once, 1 to 1000 (default: 8)" },
      ...dispatcherOptions,
      { flags: "--workdir <dir>", description: "where the agents work (default: here)" },
    ],
    notes:
      "SIGTERM ends it within 10 seconds. Ctrl+C stops running agents too; their steps go on at the next start.",
    examples: ["serve --open", "serve --host 0.0.0.0 --port 80 --token-file server.token"],
    notForAgents: "start a server, whose token would let it decide its own gates",
    load: () => import("./serve.ts"),
  },
  {
    name: "open",
    summary: "print a link that logs in at the running server; on a terminal, open it",
    notes: "The link works once, within 10 minutes.",
    examples: ["open"],
    notForAgents: "log in",
    load: () => import("./open.ts"),
  },
  {
    name: "token",
    summary: "print the token that the HTTP API asks for",
    examples: ["token"],
    notForAgents: "read tokens",
    load: () => import("./token.ts"),
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
      {
        flags: "--place <place>",
        description: "only what was found there",
        choices: ["beside", "project", "collection", "user"],
      },
      { flags: "--search <text>", description: "in references, names and descriptions" },
      formatOption,
    ],
    notes:
      "A reference is looked for beside the workflow, then in .claude of the project (from the working directory up " +
      "to the root of its repository), then in the collection, then in ~/.claude: the first that has the name hides " +
      "the others.",
    examples: ["list", "list --type agent --format json"],
    load: () => import("./list.ts"),
  },
  {
    name: "prune",
    summary: "remove old executions with their logs, folders and untouched worktrees",
    options: [
      { flags: "--older-than <duration>", description: "only those that ended longer ago, such as 90d" },
      { flags: "--keep <count>", description: "never the newest so many of each workflow" },
      { flags: "--workflow <name>", description: "only executions of this workflow: name, id or slug" },
      { flags: "--dry-run", description: "tell what would go, and remove nothing" },
      yesOption,
      formatOption,
    ],
    notes:
      "An execution goes when it has ended and no given rule holds it back; the newest of a workflow always stays. " +
      "Without rules, [retention] of config.toml decides.",
    examples: ["prune --older-than 90d --keep 20 --dry-run", "prune --keep 50 --workflow nightly-audit -y"],
    load: () => import("./prune.ts"),
  },
  {
    name: "db",
    summary: "look after the database",
    examples: ["db status", "db backup before-upgrade.db"],
    commands: [
      {
        name: "migrate",
        summary: "bring the database up to this version, or to an older one; it is backed up first",
        options: [
          {
            flags: "--to <schema>",
            description: "the schema to go to, back or forward (default: the newest)",
          },
          formatOption,
        ],
        examples: ["db migrate", "db migrate --to 4"],
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
    name: "init",
    summary: "write a first workflow that runs at once",
    arguments: [{ name: "dir", description: "the folder to write it to (default: here)", optional: true }],
    options: [
      { flags: "--from <name>", description: "which one to begin with" },
      { flags: "--list", description: "which there are" },
    ],
    examples: ["init", "init my-workflow"],
    load: () => import("./init.ts"),
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
  {
    name: "check-database",
    summary: "looks through the database for a server that has just started",
    examples: ["check-database"],
    hidden: true,
    load: () => import("./check-database.ts"),
  },
];

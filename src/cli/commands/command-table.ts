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
    summary: "serve the web pages and the HTTP API; resume interrupted executions",
    options: [
      { flags: "--host <address>", description: "the address to listen on (default: 127.0.0.1)" },
      { flags: "--port <port>", description: "the port to listen on; 0 takes a free one (default: 8787)" },
      { flags: "--open", description: "open the pages in a browser" },
      {
        flags: "--on-stop <mode>",
        description:
          "what SIGTERM does with running agents: leave them to the next start, wait for them or stop them",
        choices: ["leave", "wait", "stop"],
      },
      {
        flags: "--token-file <file>",
        description: "the token for clients; wins over $SKILLMEAT_TOKEN and serve.token in the data folder",
      },
      {
        flags: "--token <token>",
        description: "the token that clients must show",
        gone:
          "--token is no longer accepted: every user of the machine can read a command line. " +
          "write the token to a file and give --token-file, or set SKILLMEAT_TOKEN",
      },
      {
        flags: "--no-token",
        description:
          "let everybody on this machine in (or $SKILLMEAT_NO_TOKEN=1); only on a loopback address",
      },
      {
        flags: "--max-steps <count>",
        description: "how many agents may run at once, 1 to 1000 (default: 8)",
      },
      ...dispatcherOptions,
      { flags: "--workdir <dir>", description: "the agents' working directory (default: the current one)" },
    ],
    notes:
      "SIGTERM ends it within 10 seconds. Ctrl+C stops running agents too; their steps continue at the next start.",
    examples: ["serve --open", "serve --host 0.0.0.0 --port 80 --token-file server.token"],
    notForAgents: "start a server, whose token would let it decide its own gates",
    load: () => import("./serve.ts"),
  },
  {
    name: "open",
    summary: "print a link that logs in to the running server; in a terminal, open it",
    notes: "The link works once and expires after 10 minutes.",
    examples: ["open"],
    notForAgents: "log in",
    load: () => import("./open.ts"),
  },
  {
    name: "token",
    summary: "print the token for the HTTP API",
    examples: ["token"],
    notForAgents: "read tokens",
    load: () => import("./token.ts"),
  },
  {
    name: "list",
    summary: "list the workflows and artifacts in the collection",
    options: [
      {
        flags: "--type <type>",
        description: "show only this type",
        choices: ["workflow", "agent", "skill", "command", "mcp"],
      },
      {
        flags: "--place <place>",
        description: "show only what was found there",
        choices: ["beside", "project", "collection", "user"],
      },
      {
        flags: "--search <text>",
        description: "show only entries with this text in their reference, name or description",
      },
      formatOption,
    ],
    notes:
      "A reference is looked up beside the workflow, then in .claude of the project (from the working directory up " +
      "to the root of its repository), then in the collection, then in ~/.claude: the first that has the name hides " +
      "the others.",
    examples: ["list", "list --type agent --format json"],
    load: () => import("./list.ts"),
  },
  {
    name: "prune",
    summary: "remove old executions with their logs, folders and untouched worktrees",
    options: [
      {
        flags: "--older-than <duration>",
        description: "remove only executions that ended longer ago, such as 90d",
      },
      {
        flags: "--keep <count>",
        description: "always keep the newest executions of each workflow, this many",
      },
      {
        flags: "--workflow <name>",
        description: "remove only executions of this workflow: name, id or slug",
      },
      { flags: "--dry-run", description: "print what would be removed, and remove nothing" },
      yesOption,
      formatOption,
    ],
    notes:
      "An execution is removed when it has ended and no given rule keeps it. The newest execution of a " +
      "workflow always stays. Without options, [retention] in config.toml decides.",
    examples: ["prune --older-than 90d --keep 20 --dry-run", "prune --keep 50 --workflow nightly-audit -y"],
    load: () => import("./prune.ts"),
  },
  {
    name: "worktree",
    summary: "list the git worktrees of stages, and remove those that are no longer needed",
    examples: ["worktree list", "worktree prune --dry-run"],
    commands: [
      {
        name: "list",
        summary: "list the worktrees with their runs, stages, branches and what they hold",
        options: [formatOption],
        notes: "A commit is unmerged while no tag and no branch but those of stages has it.",
        examples: ["worktree list", "worktree list --format json"],
        load: () => import("./worktree-list.ts"),
      },
      {
        name: "prune",
        summary: "remove the worktrees and branches of ended executions that hold nothing of their own",
        options: [
          { flags: "--dry-run", description: "print what would be removed, and remove nothing" },
          yesOption,
          formatOption,
        ],
        notes: "Worktrees with uncommitted changes or unmerged commits stay and are named.",
        examples: ["worktree prune --dry-run", "worktree prune -y"],
        load: () => import("./worktree-prune.ts"),
      },
    ],
  },
  {
    name: "db",
    summary: "inspect, migrate and back up the database",
    examples: ["db status", "db backup before-upgrade.db"],
    commands: [
      {
        name: "migrate",
        summary: "migrate the database to this version or an older one, after a backup",
        options: [
          {
            flags: "--to <schema>",
            description: "the schema version, newer or older (default: the newest)",
          },
          formatOption,
        ],
        examples: ["db migrate", "db migrate --to 4"],
        load: () => import("./db-migrate.ts"),
      },
      {
        name: "status",
        summary: "show the database's path, size and schema version",
        options: [formatOption],
        examples: ["db status --format json"],
        load: () => import("./db-status.ts"),
      },
      {
        name: "backup",
        summary: "copy the database to a file, consistently, even while it is in use",
        arguments: [{ name: "file", description: "the file to write, which must not exist yet" }],
        examples: ["db backup before-upgrade.db"],
        load: () => import("./db-backup.ts"),
      },
    ],
  },
  {
    name: "init",
    summary: "write a first workflow that can be run at once",
    arguments: [
      { name: "dir", description: "the folder to write it to (default: the current one)", optional: true },
    ],
    options: [
      { flags: "--from <name>", description: "the name of the workflow to write" },
      { flags: "--list", description: "list the workflows that can be written" },
    ],
    examples: ["init", "init my-workflow", "init --from first-look"],
    load: () => import("./init.ts"),
  },
  {
    name: "doctor",
    summary: "show what is installed and where, and which agents can be run",
    options: [
      {
        flags: "--deep",
        description: "also start each program of the Agent Client Protocol and ask what it can do",
      },
      formatOption,
    ],
    examples: ["doctor", "doctor --deep"],
    load: () => import("./doctor.ts"),
  },
  {
    name: "mcp",
    summary: "serve agents over the Model Context Protocol",
    examples: ["mcp outputs --contract contract.json --output outputs.json"],
    commands: [
      {
        name: "outputs",
        summary: "take a stage's outputs from an agent over MCP, on stdin and stdout",
        options: [
          {
            flags: "--contract <file>",
            description: "the outputs that the stage declares (default: $SKILLMEAT_CONTRACT)",
          },
          {
            flags: "--output <file>",
            description: "the file that the outputs are written to (default: $SKILLMEAT_OUTPUT)",
          },
          {
            flags: "--until <file>",
            description: "end when that file exists, and not only when stdin ends",
          },
        ],
        examples: ["mcp outputs --contract contract.json --output outputs.json"],
        load: () => import("./mcp-outputs.ts"),
      },
    ],
  },
  {
    name: "demo-agent",
    summary: "be an agent that asks no model, for a first try",
    options: [
      { flags: "--writes <file>", description: "add a line to that file of the working directory" },
      { flags: "--outputs <json>", description: "hand in these outputs; others are made from their types" },
    ],
    examples: [`demo-agent --writes NOTES.md --outputs '{"verdict": "good"}'`],
    load: () => import("./demo-agent.ts"),
  },
  {
    name: "completion",
    summary: "print a completion script for a shell",
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

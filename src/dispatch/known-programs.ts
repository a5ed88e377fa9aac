import { claudeExecutable } from "./claude-code/claude-program.ts";
import { codexExecutable } from "./codex/codex-program.ts";
import type { Executable } from "./executable.ts";

/** What skillmeat knows of an agent's program, whether a dispatcher of this build runs it or not. */
export interface KnownProgram extends Pick<Executable, "name" | "title" | "install" | "update"> {
  /** The dispatcher that runs it; null: none does, but an agent file with `dispatcher: command` can. */
  dispatcher: string | null;
  /** Null: no version is asked for. */
  leastVersion: string | null;
  login: {
    /** What a person types to log in. */
    command: string;
    /** The arguments with which the program says whether it is logged in, and how its answer is read. */
    status: {
      args: readonly string[];
      read: (answer: { code: number | null; text: string }) => boolean | null;
    } | null;
    /** Variables of which one is enough. */
    keys: readonly string[];
    /** The file that a login leaves behind. */
    file: (env: Readonly<Record<string, string>>) => string | null;
  };
  /** What its dispatcher makes of it; null where there is none. */
  abilities: ProgramAbilities | null;
  /** The arguments with which it speaks the Agent Client Protocol; null: it does not. */
  acp: readonly string[] | null;
}

export interface ProgramAbilities {
  /** How typed outputs are asked for. */
  schema: "native" | "mcp";
  /** Whether an interrupted attempt goes on in its session. */
  resume: boolean;
  /** What decides which tool calls are allowed. */
  permissions: "rules" | "sandbox";
  /** Where the cost comes from. */
  cost: "reported" | "price_table";
}

export const knownPrograms: readonly KnownProgram[] = [
  {
    ...claudeExecutable,
    login: {
      command: "claude auth login",
      status: { args: ["auth", "status", "--json"], read: readClaudeStatus },
      keys: [
        "ANTHROPIC_API_KEY",
        "ANTHROPIC_AUTH_TOKEN",
        "CLAUDE_CODE_OAUTH_TOKEN",
        "CLAUDE_CODE_USE_BEDROCK",
        "CLAUDE_CODE_USE_VERTEX",
      ],
      file: (env) => within(env, "CLAUDE_CONFIG_DIR", ".claude", ".credentials.json"),
    },
    abilities: { schema: "native", resume: true, permissions: "rules", cost: "reported" },
    acp: null,
  },
  {
    ...codexExecutable,
    login: {
      command: "codex login",
      status: { args: ["login", "status"], read: ({ code }) => (code === null ? null : code === 0) },
      keys: ["CODEX_API_KEY", "OPENAI_API_KEY"],
      file: (env) => within(env, "CODEX_HOME", ".codex", "auth.json"),
    },
    abilities: { schema: "native", resume: true, permissions: "sandbox", cost: "price_table" },
    acp: null,
  },
  {
    name: "gemini",
    title: "Gemini CLI",
    dispatcher: "acp",
    leastVersion: null,
    install: "npm install -g @google/gemini-cli",
    update: "npm install -g @google/gemini-cli@latest",
    login: {
      command: "gemini",
      status: null,
      keys: ["GEMINI_API_KEY", "GOOGLE_API_KEY"],
      file: (env) => within(env, "GEMINI_CLI_HOME", ".gemini", "oauth_creds.json"),
    },
    abilities: { schema: "mcp", resume: true, permissions: "rules", cost: "price_table" },
    acp: ["--acp"],
  },
  {
    name: "opencode",
    title: "opencode",
    dispatcher: "acp",
    leastVersion: null,
    install: "npm install -g opencode-ai",
    update: "opencode upgrade",
    login: {
      command: "opencode auth login",
      status: null,
      keys: ["ANTHROPIC_API_KEY", "OPENAI_API_KEY", "GEMINI_API_KEY"],
      file: (env) => within(env, "XDG_DATA_HOME", ".local/share", "opencode/auth.json"),
    },
    abilities: { schema: "mcp", resume: true, permissions: "rules", cost: "reported" },
    acp: ["acp"],
  },
];

/** Its other fields say who is logged in, and concern nobody here. */
function readClaudeStatus({ text }: { text: string }): boolean | null {
  try {
    const answer: unknown = JSON.parse(text);
    if (typeof answer !== "object" || answer === null || !Object.hasOwn(answer, "loggedIn")) return null;
    const { loggedIn } = answer as { loggedIn: unknown };
    return typeof loggedIn === "boolean" ? loggedIn : null;
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

/** A file in a folder that a variable names, or else in one below the person's home. */
function within(
  env: Readonly<Record<string, string>>,
  variable: string,
  folder: string,
  file: string,
): string | null {
  const named = env[variable];
  if (named) return `${named}/${file}`;
  return env["HOME"] ? `${env["HOME"]}/${folder}/${file}` : null;
}

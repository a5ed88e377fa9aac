import { readFileSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, isAbsolute, join, resolve } from "node:path";
import { AppError } from "./errors.ts";
import { parseDuration } from "./workflow/duration.ts";

/** What `<home>/config.toml` says of ours, with the environment on top. SkillMeat keeps its own tables in that file. */
export interface Config {
  /** `[workflow] engine_enabled`, or `WORKFLOW_ENGINE_ENABLED`. */
  engineEnabled: boolean;
  /** `[workflow] max_steps`: agents at once in one engine. */
  maxSteps: number;
  /** `[workflow.channels]`: where `notify` of a hook posts to, by the channel's name. */
  channels: Map<string, string>;
  /** `[retention]`: what `prune` and a living server let go of; null where it says nothing. */
  retention: { olderThanMs: number | null; keep: number | null } | null;
  /** `[serve] roots`: the folders runs that are asked for over HTTP may work in, absolute; null: not said. */
  serveRoots: readonly string[] | null;
  /** `[agents] pass_env`: variables that agents see as well; `NPM_*` stands for all that begin so. */
  passEnv: string[];
  dispatch: {
    /** `[dispatch] default`: the dispatcher of agents that name none. */
    default: string;
    /** `[dispatch.agents]`: `"agent:x"` → dispatcher. */
    agents: Map<string, string>;
    /** `[dispatch.acp] command`: the program of agents of the dispatcher `acp` whose file names none. */
    acp?: string[];
  };
}

type Env = Readonly<Record<string, string | undefined>>;
type Table = Record<string, unknown>;

/**
 * The folder of skillmeat's data, absolute: what is given, else `SKILLMEAT_HOME`, else `~/.skillmeat`. A `~` that no
 * shell has replaced, as in a `.env` file or a unit of systemd, is the user's own folder. Throws
 * `AppError("invalid_usage")` for the folder of another user, which is not looked up.
 */
export function homeFolder(env: Env, dataDir: string | null = null): string {
  const userHome = env["HOME"] || homedir();
  const given = dataDir ?? env["SKILLMEAT_HOME"];
  if (!given) return join(userHome, ".skillmeat");
  if (given === "~" || given.startsWith("~/")) return resolve(userHome, given.slice(2));
  if (!given.startsWith("~")) return resolve(given);
  const name = dataDir === null ? "SKILLMEAT_HOME" : "--data-dir";
  throw new AppError(
    "invalid_usage",
    `${name} is "${given}", and no shell has replaced its "~". give the whole path, or ./${given} for a folder here`,
  );
}

/** Reads the configuration. Throws `AppError("invalid_usage")` that names the file and the key for a wrong value. */
export function readConfig(home: string, env: Env): Config {
  const file = join(home, "config.toml");
  const root = readToml(file);
  const workflow = table(file, root, "workflow");
  const dispatch = table(file, root, "dispatch");
  const agents = table(file, dispatch, "agents", "dispatch.agents");
  const acp = acpCommand(file, table(file, dispatch, "acp", "dispatch.acp")["command"]);
  return {
    engineEnabled: isEnabled(file, root, workflow, env),
    maxSteps: maxSteps(file, workflow["max_steps"]),
    channels: channels(file, table(file, workflow, "channels", "workflow.channels")),
    retention: retention(file, table(file, root, "retention")),
    serveRoots: serveRoots(file, table(file, root, "serve")["roots"], env),
    passEnv: passEnv(file, table(file, root, "agents")["pass_env"]),
    dispatch: {
      default: text(file, "dispatch.default", dispatch["default"]) ?? "claude-code",
      agents: new Map(
        Object.entries(agents).map(([ref, value]) => [
          ref,
          text(file, `dispatch.agents."${ref}"`, value) ?? "",
        ]),
      ),
      ...(acp === null ? {} : { acp }),
    },
  };
}

/** Asked before every workflow command, hence apart: it reads nothing where the environment decides. */
export function engineIsEnabled(home: string, env: Env): boolean {
  const file = join(home, "config.toml");
  if (env["WORKFLOW_ENGINE_ENABLED"]) return isEnabled(file, {}, {}, env);
  const root = readToml(file);
  return isEnabled(file, root, table(file, root, "workflow"), env);
}

/** `[workflow] follow_links`: links out of the folder that is looked through are followed. */
export function followsLinks(home: string): boolean {
  const file = join(home, "config.toml");
  const value = table(file, readToml(file), "workflow")["follow_links"];
  if (value === undefined || typeof value === "boolean") return value ?? false;
  throw wrongValueError(file, "workflow.follow_links", "true or false");
}

function isEnabled(file: string, root: Table, workflow: Table, env: Env): boolean {
  const given = env["WORKFLOW_ENGINE_ENABLED"];
  if (given) return !["false", "0", "no", "off"].includes(given.toLowerCase());
  const value =
    workflow["workflow_engine_enabled"] ?? workflow["engine_enabled"] ?? root["workflow_engine_enabled"];
  if (value === undefined) return true;
  if (typeof value !== "boolean") throw wrongValueError(file, "workflow_engine_enabled", "true or false");
  return value;
}

function maxSteps(file: string, value: unknown): number {
  if (value === undefined) return 8;
  if (!Number.isInteger(value) || Number(value) < 1 || Number(value) > 1000) {
    throw wrongValueError(file, "workflow.max_steps", "a whole number from 1 to 1000");
  }
  return Number(value);
}

function serveRoots(file: string, given: unknown, env: Env): string[] | null {
  if (given === undefined) return null;
  const isList = Array.isArray(given) && given.length > 0;
  if (!isList) throw wrongValueError(file, "serve.roots", "a list of at least one absolute path");
  return given.map((path: unknown) => {
    const whole = typeof path === "string" ? path.replace(/^~(?=\/|$)/, env["HOME"] || homedir()) : "";
    if (!isAbsolute(whole))
      throw wrongValueError(file, "serve.roots", 'a list of absolute paths, such as "/home/ada/work"');
    return whole;
  });
}

function retention(file: string, given: Table): Config["retention"] {
  const { executions, keep = null } = given;
  const olderThanMs = executions === undefined ? null : parseDuration(String(executions));
  if (executions !== undefined && (typeof executions !== "string" || olderThanMs === null))
    throw wrongValueError(file, "retention.executions", 'a duration such as "90d"');
  if (keep !== null && (!Number.isInteger(keep) || Number(keep) < 1))
    throw wrongValueError(file, "retention.keep", "a whole number, at least 1");
  if (olderThanMs === null && keep === null) return null;
  return { olderThanMs, keep: keep === null ? null : Number(keep) };
}

function passEnv(file: string, given: unknown): string[] {
  if (given === undefined) return [];
  const isName = (name: unknown): name is string =>
    typeof name === "string" && /^[A-Za-z_][A-Za-z0-9_]*\*?$/.test(name);
  if (Array.isArray(given) && given.every(isName)) return given;
  throw wrongValueError(file, "agents.pass_env", 'a list of variables, such as ["GITHUB_TOKEN", "NPM_*"]');
}

/** Relative paths are relative to the file. */
function acpCommand(file: string, given: unknown): string[] | null {
  if (given === undefined) return null;
  const isText = (word: unknown): word is string => typeof word === "string" && !word.includes("\0");
  if (Array.isArray(given) && given.every(isText) && given[0]?.trim())
    return given.map((word) => (/^\.\.?\//.test(word) ? resolve(dirname(file), word) : word));
  throw wrongValueError(file, "dispatch.acp.command", 'a list of texts, such as ["gemini", "--acp"]');
}

function channels(file: string, given: Table): Map<string, string> {
  return new Map(
    Object.entries(given).map(([name, value]) => {
      const path = `workflow.channels.${name}`;
      const url = text(file, path, value) ?? "";
      if (!/^https?:$/.test(URL.parse(url)?.protocol ?? ""))
        throw wrongValueError(file, path, "an http or https address");
      return [name, url];
    }),
  );
}

function readToml(file: string): Table {
  let source: string;
  try {
    source = readFileSync(file, "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return {};
    throw new AppError(
      "unavailable",
      `${file} cannot be read: ${error instanceof Error ? error.message : error}`,
    );
  }
  try {
    return Bun.TOML.parse(source) as Table;
  } catch (error) {
    throw new AppError(
      "invalid_usage",
      `${file} is not TOML: ${error instanceof Error ? error.message : error}`,
    );
  }
}

function table(file: string, parent: Table, key: string, path = key): Table {
  const value = Object.hasOwn(parent, key) ? parent[key] : undefined;
  if (value === undefined) return {};
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw wrongValueError(file, path, "a table");
  return value as Table;
}

function text(file: string, path: string, value: unknown): string | null {
  if (value === undefined) return null;
  if (typeof value !== "string" || value === "") throw wrongValueError(file, path, "a text");
  return value;
}

function wrongValueError(file: string, path: string, wanted: string): AppError {
  return new AppError("invalid_usage", `${file}: "${path}" must be ${wanted}`);
}

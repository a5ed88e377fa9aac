import type { ValueObject } from "../expression/value.ts";
import type { EffectiveDefinition } from "../workflow/effective.ts";

/** The definition, agents and modules of an execution, stored once for all executions that have the same ones. */
export interface ExecutionSnapshot {
  /** sha256 over definition, agents and modules, hex. */
  hash: string;
  definition: EffectiveDefinition;
  agents: Record<string, AgentFile>;
  modules: Record<string, ContextModule>;
}

/** An agent's file as an execution stores it. */
export interface AgentFile {
  ref: string;
  name: string;
  description: string;
  /** Absolute path of the file it came from. */
  path: string;
  /** sha256 of its bytes, hex. */
  hash: string;
  dispatcher: string | null;
  command: string[] | null;
  /** Exit code → error class, over the contract's own. */
  exit_codes: Record<string, { class: string; retryable: boolean }>;
  tools: string[];
  model: string | null;
  /** Further keys that agent programs understand, as the file has them; absent where there are none. */
  settings?: ValueObject;
  /** The line of each key that the file has and that is known, from 1; absent in executions of earlier versions. */
  lines?: Record<string, number>;
  /** The MCP servers that it and its stages name, as they were when the execution started; absent: none. */
  servers?: McpServer[];
  /** The same for skills. */
  skills?: Skill[];
  /** The body: the role's prompt. */
  prompt: string;
}

/** A skill as an execution stores it, with all of its files. */
export interface Skill {
  /** Such as `skill:pdf`. */
  ref: string;
  /** The name of its folder. */
  name: string;
  /** Absolute path of the folder. */
  path: string;
  /** sha256 of its files, hex. */
  hash: string;
  files: SkillFile[];
}

/** `path` is relative to the skill's folder. What is no text is `base64`. */
export type SkillFile = { path: string; executable?: boolean } & ({ text: string } | { base64: string });

/** An MCP server as an execution stores it. */
export interface McpServer {
  /** Such as `mcp:github`; null for one that the agent's file describes itself. */
  ref: string | null;
  name: string;
  /** Absolute path of the file that describes it. */
  path: string;
  /** sha256 of its settings, hex. */
  hash: string;
  /** As the file has them: `${NAME}` is filled in only when an attempt starts. */
  settings: ValueObject;
}

/** A text of the project that goes into a stage's prompt, as an execution stores it. */
export interface ContextModule {
  ref: string;
  name: string;
  /** Absolute path of the file it came from. */
  path: string;
  /** sha256 of its bytes, hex. */
  hash: string;
  /** Without the file's front matter. */
  text: string;
}

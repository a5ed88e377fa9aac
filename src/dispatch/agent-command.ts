import { accessSync, constants, statSync } from "node:fs";
import { basename, dirname, isAbsolute, resolve } from "node:path";
import { channelVariables } from "./attempt-folder.ts";
import type { StageError, StageRequest } from "./dispatcher.ts";
import { markVariable } from "./processes.ts";

/** What is to be run: the program's absolute path and its arguments. */
export type AgentCommand = { argv: string[] } | { error: StageError };

const defaultPath = "/usr/local/bin:/usr/bin:/bin";

/** The agent file's command with its paths made absolute, or why it cannot be run. */
export function commandOf(request: StageRequest): AgentCommand {
  const { agent, agent_ref, workdir } = request;
  if (!agent) return refused("not_found", `agent "${agent_ref}" has no file: there is no command to run`);
  const [program, ...rest] = agent.command ?? [];
  if (program === undefined) {
    return refused(
      "invalid_request",
      `agent "${agent_ref}" has no command. add command: ["./run.sh"] to ${agent.path}, or another dispatcher`,
    );
  }
  if (!isFolder(workdir)) return refused("invalid_request", `the working directory ${workdir} is no folder`);
  const folder = dirname(agent.path);
  const argv = rest.map((word) => (/^\.\.?\//.test(word) ? resolve(folder, word) : word));
  if (program.includes("/")) {
    const file = isAbsolute(program) ? program : resolve(folder, program);
    const trouble = troubleWith(file, agent.path);
    return trouble ?? { argv: [file, ...argv] };
  }
  const path = variable(request, "PATH") ?? defaultPath;
  const found = Bun.which(program, { PATH: path, cwd: workdir });
  if (found !== null) return { argv: [found, ...argv] };
  const wayOut = `install it, or give its path in "command" of ${agent.path}`;
  return refused("not_found", `agent "${agent_ref}" runs "${program}", which is not in PATH. ${wayOut}`);
}

/** The program's name for messages. */
export function programName({ agent, agent_ref }: StageRequest): string {
  const [program] = agent?.command ?? [];
  return program === undefined ? agent_ref : basename(program);
}

/**
 * The agent's whole environment; nothing of ours leaks into it. The mark comes first, where a look for it finds it
 * soonest, and nobody can set it.
 */
export function environmentOf(request: StageRequest): Record<string, string> {
  const { attempt_id, attempt_dir, attempt, run_id, stage_id, workdir, env, options } = request;
  const variables = {
    [markVariable]: attempt_id,
    PATH: defaultPath,
    ...options.env,
    ...env,
    ...channelVariables(attempt_dir),
    SKILLMEAT_RUN_ID: run_id,
    SKILLMEAT_STAGE_ID: stage_id,
    SKILLMEAT_ATTEMPT: String(attempt),
    SKILLMEAT_WORKDIR: workdir,
  };
  variables[markVariable] = attempt_id;
  return variables;
}

function variable({ env, options }: StageRequest, name: string): string | undefined {
  if (Object.hasOwn(env, name)) return env[name];
  return Object.hasOwn(options.env, name) ? options.env[name] : undefined;
}

function troubleWith(file: string, agentPath: string): AgentCommand | null {
  const named = `${file}, which "command" of ${agentPath} names`;
  if (statSync(file, { throwIfNoEntry: false }) === undefined) {
    return refused("not_found", `there is no ${named}. paths there are relative to the agent file`);
  }
  if (isFolder(file)) return refused("invalid_request", `${named}, is a folder`);
  try {
    accessSync(file, constants.X_OK);
    return null;
  } catch {
    return refused("invalid_request", `${named}, is not executable. chmod +x makes it so`);
  }
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

function refused(errorClass: string, message: string): AgentCommand {
  return { error: { class: errorClass, message, retryable: false } };
}

import { statSync } from "node:fs";
import { basename, dirname, isAbsolute, resolve } from "node:path";
import type { AgentFile } from "../execution/snapshot.ts";
import type { StageError, StageRequest } from "./dispatcher.ts";
import { ownCommand } from "../own-command.ts";
import { defaultPath } from "./process/agent-environment.ts";
import { programTrouble, scriptTrouble, type ProgramPlace, type ProgramTrouble } from "./program-trouble.ts";

/** What is to be run: the program's absolute path and its arguments. */
export type AgentCommand = { argv: string[] } | { trouble: CommandTrouble };

export type CommandTrouble =
  ProgramTrouble | (Omit<ProgramTrouble, "code"> & { code: "agent_missing" | "command_missing" });

/** Programs whose first argument is a script. */
const interpreters = /^(sh|bash|dash|zsh|ksh|fish|python[\d.]*|node|bun|deno|ruby|perl|php|Rscript)$/;

/** The command of a request, or the error that its attempt fails with. */
export function commandOf(request: StageRequest): { argv: string[] } | { error: StageError } {
  const { agent, agent_ref, workdir } = request;
  if (!isFolder(workdir))
    return refuseCommand("invalid_request", `the working directory ${workdir} is no folder`);
  const path = variable(request, "PATH") ?? defaultPath;
  const command = agentCommand(agent, agent_ref, { workdir, path });
  if ("argv" in command) return command;
  const { code, says, wayOut } = command.trouble;
  return refuseCommand(classes[code], `${says}. ${wayOut}`);
}

const classes: Record<CommandTrouble["code"], string> = {
  agent_missing: "not_found",
  command_missing: "invalid_request",
  program_missing: "not_found",
  interpreter_missing: "not_found",
  program_not_executable: "invalid_request",
  carriage_return: "invalid_request",
};

/** The agent file's command with its paths made absolute, or why it cannot be run. */
export function agentCommand(agent: AgentFile | null, ref: string, place: ProgramPlace): AgentCommand {
  if (!agent) {
    const says = `agent "${ref}" has no file, so there is no command to run`;
    return { trouble: { code: "agent_missing", says, wayOut: "write one" } };
  }
  const [program, ...rest] = agent.command ?? [];
  if (program === undefined) {
    const says = `agent "${ref}" has no command`;
    const wayOut = `add command: ["./run.sh"] to ${agent.path}, or another dispatcher`;
    return { trouble: { code: "command_missing", says, wayOut } };
  }
  // Whatever the path holds: the agent that this program brings along belongs to its own version.
  if (program === "skillmeat") return { argv: [...ownCommand(), ...rest] };
  const folder = dirname(agent.path);
  const named = `"command" of ${agent.path}`;
  const argv = rest.map((word) => (/^\.\.?\//.test(word) ? resolve(folder, word) : word));
  const found = programFile(program, folder, place);
  if (found === null) {
    const says = `agent "${ref}" runs "${program}", which is not in PATH`;
    return { trouble: { code: "program_missing", says, wayOut: `install it, or give its path in ${named}` } };
  }
  const [script = ""] = argv;
  const isScript = interpreters.test(basename(program)) && isAbsolute(script);
  const trouble = programTrouble(found, named, place) ?? (isScript ? scriptTrouble(script, named) : null);
  return trouble ? { trouble } : { argv: [found, ...argv] };
}

/** The path of a program that a command names; null: it is in no folder of the PATH. */
function programFile(program: string, folder: string, { path, workdir }: ProgramPlace): string | null {
  if (program.includes("/")) return isAbsolute(program) ? program : resolve(folder, program);
  return Bun.which(program, { PATH: path, cwd: workdir });
}

/** The program's name for messages. */
export function programName({ agent, agent_ref }: StageRequest): string {
  const [program] = agent?.command ?? [];
  return program === undefined ? agent_ref : basename(program);
}

function variable({ env, options }: StageRequest, name: string): string | undefined {
  if (Object.hasOwn(env, name)) return env[name];
  return Object.hasOwn(options.env, name) ? options.env[name] : undefined;
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

function refuseCommand(errorClass: string, message: string): { error: StageError } {
  return { error: { class: errorClass, message, retryable: false } };
}

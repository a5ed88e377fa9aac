import { statSync } from "node:fs";
import { acpCommand } from "../dispatch/acp/acp-command.ts";
import { agentCommand } from "../dispatch/agent-command.ts";
import { chooseDispatcher, type DispatchConfig } from "../dispatch/choose-dispatcher.ts";
import { claudeExecutable } from "../dispatch/claude-code/claude-program.ts";
import { codexExecutable } from "../dispatch/codex/codex-program.ts";
import { dispatcherTrouble } from "../dispatch/dispatchers.ts";
import { checkExecutable, findExecutable, type Executable } from "../dispatch/executable.ts";
import { knownPrograms } from "../dispatch/known-programs.ts";
import { defaultPath } from "../dispatch/process/agent-environment.ts";
import type { ProgramPlace } from "../dispatch/program-trouble.ts";
import type { ProgramVersions } from "../dispatch/program-versions.ts";
import { AppError } from "../errors.ts";
import type { AgentFile } from "../execution/snapshot.ts";
import type { PlanStart } from "../workflow/plan.ts";
import type { PreflightSubject, StartOptions, Trouble } from "./start-trouble.ts";

const executables = [claudeExecutable, codexExecutable];

/** An agent as it was found; `null` where it was not found. */
export type FoundAgent = { agent: AgentFile | null } | { broken: AppError };

export function readAgent(artifacts: PreflightSubject["artifacts"], ref: string): FoundAgent {
  try {
    return { agent: artifacts.agent(ref) };
  } catch (error) {
    if (error instanceof AppError) return { broken: error };
    throw error;
  }
}

function dispatcherOf(
  found: FoundAgent,
  ref: string,
  options: StartOptions,
  dispatch: DispatchConfig,
): string {
  const agent = "agent" in found ? found.agent : null;
  if (agent || options.dispatcher !== null) return chooseDispatcher(agent, options, dispatch);
  return dispatch.agents.get(ref) ?? dispatch.default;
}

/** What is started for an agent here, and why it cannot be. */
export interface AgentLook {
  /** Null: its file is not found, or there is no such dispatcher. The tools are those of its file. */
  start: PlanStart | null;
  trouble: Trouble | null;
}

export async function lookAtAgent(
  found: FoundAgent,
  ref: string,
  { definition, artifacts }: PreflightSubject,
  {
    options,
    dispatch,
    versions,
  }: { options: StartOptions; dispatch: DispatchConfig; versions: ProgramVersions },
): Promise<AgentLook> {
  const dispatcher = dispatcherOf(found, ref, options, dispatch);
  const agent = "agent" in found ? found.agent : null;
  const tools = agent?.tools ?? [];
  if (dispatcher === "simulated")
    return { start: { dispatcher, program: null, version: null, tools, allows: null }, trouble: null };
  if ("broken" in found) {
    const wayOut = "fix the file, or name another agent";
    return { start: null, trouble: { code: "agent_broken", says: found.broken.message, wayOut } };
  }
  if (!agent) {
    const looked = "looked beside the workflow, in .claude/agents, the collection and ~/.claude/agents";
    const wayOut = artifacts.hint(ref) ?? `${looked}. --dispatcher simulated needs no agent`;
    return { start: null, trouble: { code: "agent_missing", says: `agent "${ref}" is nowhere`, wayOut } };
  }
  const missing = dispatcherTrouble(dispatcher);
  if (missing) return { start: null, trouble: { code: "dispatcher_missing", ...missing } };
  const { env } = definition.config;
  const path = (Object.hasOwn(env, "PATH") ? env["PATH"] : options.env["PATH"]) ?? defaultPath;
  const place = { workdir: options.workdir, path };
  const known = knownPrograms.find((each) => each.dispatcher === dispatcher);
  const executable = executables.find((each) => each.dispatcher === dispatcher);
  const looked = executable
    ? await lookAt(executable, place, { env: { ...options.env, PATH: path }, versions })
    : dispatcher === "acp"
      ? acpCommand(agent, ref, place, dispatch.acp)
      : agentCommand(agent, ref, place);
  const start = { dispatcher, ...programOf(looked), tools, allows: known?.abilities?.permissions ?? null };
  if (!("trouble" in looked)) return { start, trouble: null };
  const { trouble } = looked;
  // A PATH that depends on an expression is known only when the stage runs.
  return { start, trouble: pathTroubles.has(trouble.code) && path.includes("${{") ? null : trouble };
}

function programOf(looked: Awaited<ReturnType<typeof lookAt>> | ReturnType<typeof agentCommand>) {
  if ("trouble" in looked) return { program: null, version: null };
  if ("argv" in looked) return { program: looked.argv[0] ?? null, version: null };
  return { program: looked.path, version: "version" in looked ? looked.version : null };
}

/** A program is asked for its version in the folder where it would work: the folder may decide which version it is. */
function lookAt(
  executable: Executable,
  place: ProgramPlace,
  how: Parameters<typeof checkExecutable>[2],
): ReturnType<typeof findExecutable> | ReturnType<typeof checkExecutable> {
  return troubleOfFolder(place.workdir) === null
    ? checkExecutable(executable, place, how)
    : findExecutable(executable, place);
}

/** What a program that is found in another folder would not have. */
const pathTroubles = new Set<string>([
  "interpreter_missing",
  "program_missing",
  "program_old",
  "program_unknown",
]);

export function troubleOfFolder(workdir: string): Trouble | null {
  if (statSync(workdir, { throwIfNoEntry: false })?.isDirectory()) return null;
  const says = `the working directory ${workdir} is no folder`;
  return { code: "workdir_missing", says, wayOut: "make it, or name another one with --workdir" };
}

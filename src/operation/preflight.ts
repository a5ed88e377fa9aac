import { statSync } from "node:fs";
import type { ComposedWorkflow } from "./compose.ts";
import { agentCommand } from "../dispatch/agent-command.ts";
import { claudeExecutable } from "../dispatch/claude-code/claude-program.ts";
import { codexExecutable } from "../dispatch/codex/codex-program.ts";
import { checkExecutable, findExecutable, type Executable } from "../dispatch/executable.ts";
import type { ProgramPlace } from "../dispatch/program-trouble.ts";
import { programVersions, type ProgramVersions } from "../dispatch/program-versions.ts";
import { defaultPath } from "../dispatch/process/agent-environment.ts";
import { missingVariables, variableTrouble } from "../dispatch/mcp/missing-variables.ts";
import { takesTools } from "../dispatch/takes-tools.ts";
import { chooseDispatcher, type DispatchConfig } from "../dispatch/choose-dispatcher.ts";
import type { AgentFile } from "../execution/snapshot.ts";
import { dispatcherTrouble } from "../dispatch/dispatchers.ts";
import { git } from "../dispatch/process/git.ts";
import { repositoryOf } from "../dispatch/process/worktree.ts";
import { AppError } from "../errors.ts";
import type { RunOptions } from "../execution/record.ts";
import type { EffectiveStage } from "../workflow/effective.ts";
import type { Finding } from "../workflow/finding.ts";
import { laterFinding } from "../workflow/later-places.ts";

/** How the stages would be done. */
export type StartOptions = Pick<RunOptions, "workdir" | "dispatcher" | "env">;

type PreflightSubject = Pick<ComposedWorkflow, "definition" | "artifacts" | "later">;

/** Why a stage could not start: the code of its finding, what is wrong, and the way out. */
interface Trouble {
  code: string;
  says: string;
  wayOut: string;
  /** The number of the stage's tool that it is with; absent or null: it is with the agent, or with all. */
  tool?: number | null;
}

const longestLookMs = 10_000;
const executables = [claudeExecutable, codexExecutable];

/**
 * Checks whether each stage could start here: everything that is missing, as findings of the category `preflight` in
 * the order of the file. Simulated stages need nothing.
 */
export async function preflight(
  checked: PreflightSubject,
  options: StartOptions,
  { home, dispatch }: { home: string; dispatch: DispatchConfig },
): Promise<Finding[]> {
  const { definition, artifacts, later } = checked;
  const agentOf = once((ref: string) => readAgent(artifacts, ref));
  const versions = programVersions(home);
  const agentTrouble = once((ref: string) =>
    troubleOfAgent(agentOf(ref), ref, checked, { options, dispatch, versions }),
  );
  const place = { ofFolder: once(() => troubleOfFolder(options.workdir)), isTold: false };
  const repository = once(() => troubleOfRepository(options));
  const findings: Finding[] = [];
  for (const [at, stage] of definition.stages.entries()) {
    const ref = agentRefOf(stage);
    if (ref === null || dispatcherOf(agentOf(ref), ref, options, dispatch) === "simulated") continue;
    const folder = place.ofFolder("");
    const troubles = [
      await agentTrouble(ref),
      place.isTold ? null : folder,
      folder === null && stage.workspace === "worktree" ? await repository("") : null,
      ...toolTroubles(agentOf(ref), stage, checked, options, dispatch),
    ];
    place.isTold ||= folder !== null;
    for (const trouble of troubles) {
      if (trouble === null) continue;
      const { code, says, wayOut, tool = null } = trouble;
      const message = `stage "${stage.id}" cannot start: ${says}`;
      const where = tool === null ? later.stages[at] : later.tools[at]?.[tool];
      if (where) findings.push(laterFinding(where, { code, message, hint: wayOut }));
    }
  }
  return findings;
}

/** What the stage or its agent's file names for it to use and that cannot be used here. */
function toolTroubles(
  found: FoundAgent,
  { roles }: EffectiveStage,
  { definition, artifacts }: PreflightSubject,
  options: StartOptions,
  dispatch: DispatchConfig,
): Trouble[] {
  const agent = "agent" in found ? found.agent : null;
  if (!agent || !takesTools(chooseDispatcher(agent, options, dispatch))) return [];
  const tools = roles?.tools ?? [];
  const known = { ...options.env, ...definition.config.env };
  const { servers, troubles } = artifacts.tools(agent, [...agent.tools, ...tools]);
  const missing = servers.flatMap((server) =>
    missingVariables(server, known).map((name) => ({ ...variableTrouble(server, name), ref: server.ref })),
  );
  return [...troubles, ...missing].map(({ ref, ...trouble }) => {
    const tool = ref === null ? -1 : tools.indexOf(ref);
    return { ...trouble, tool: tool < 0 ? null : tool };
  });
}

function agentRefOf({ type, roles }: EffectiveStage): string | null {
  return type === "agent" && roles ? roles.primary.artifact : null;
}

/** An agent as it was found; `null` where it was not found. */
type FoundAgent = { agent: AgentFile | null } | { broken: AppError };

function readAgent(artifacts: PreflightSubject["artifacts"], ref: string): FoundAgent {
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

async function troubleOfAgent(
  found: FoundAgent,
  ref: string,
  { definition, artifacts }: PreflightSubject,
  {
    options,
    dispatch,
    versions,
  }: { options: StartOptions; dispatch: DispatchConfig; versions: ProgramVersions },
): Promise<Trouble | null> {
  if ("broken" in found) {
    const wayOut = "fix the file, or name another agent";
    return { code: "agent_broken", says: found.broken.message, wayOut };
  }
  if (!found.agent) {
    const looked = "looked beside the workflow, in .claude/agents, the collection and ~/.claude/agents";
    const wayOut = artifacts.hint(ref) ?? `${looked}. --dispatcher simulated needs no agent`;
    return { code: "agent_missing", says: `agent "${ref}" is nowhere`, wayOut };
  }
  const name = dispatcherOf(found, ref, options, dispatch);
  const missing = dispatcherTrouble(name);
  if (missing) return { code: "dispatcher_missing", ...missing };
  const { env } = definition.config;
  const path = (Object.hasOwn(env, "PATH") ? env["PATH"] : options.env["PATH"]) ?? defaultPath;
  const place = { workdir: options.workdir, path };
  const executable = executables.find((each) => each.dispatcher === name);
  const looked = executable
    ? await lookAt(executable, place, { env: { ...options.env, PATH: path }, versions })
    : agentCommand(found.agent, ref, place);
  if (!("trouble" in looked)) return null;
  const { trouble } = looked;
  // A PATH that depends on an expression is known only when the stage runs.
  return pathTroubles.has(trouble.code) && path.includes("${{") ? null : trouble;
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

function troubleOfFolder(workdir: string): Trouble | null {
  if (statSync(workdir, { throwIfNoEntry: false })?.isDirectory()) return null;
  const says = `the working directory ${workdir} is no folder`;
  return { code: "workdir_missing", says, wayOut: "make it, or name another one with --workdir" };
}

async function troubleOfRepository({ workdir, env }: StartOptions): Promise<Trouble | null> {
  const attempt = { attempt_id: "preflight", options: { env } };
  const signal = AbortSignal.timeout(longestLookMs);
  const found = await repositoryOf(workdir, (...args) => git(workdir, args, { attempt, signal }));
  if (!("why" in found)) return null;
  const says = `it has "workspace: worktree", but ${found.why}`;
  return { code: "repository_missing", says, wayOut: `${found.wayOut}, or write "workspace: shared"` };
}

/** Stages share their agents and their folder, so each is looked at once. */
function once<T>(look: (key: string) => T): (key: string) => T {
  const seen = new Map<string, { value: T }>();
  return (key) => {
    let kept = seen.get(key);
    if (!kept) seen.set(key, (kept = { value: look(key) }));
    return kept.value;
  };
}

import { statSync } from "node:fs";
import type { StageDispatcher, StageError, StageRequest } from "../dispatcher.ts";
import { agentEnvironment, defaultPath } from "../process/agent-environment.ts";
import type { AgentProgram, AgentStart } from "../process/agent-program.ts";
import { shellLaunch, type Launch } from "../process/launcher.ts";
import { createProgramDispatcher } from "../process/program-dispatcher.ts";
import { claudeArguments, declaresOutputs } from "./claude-arguments.ts";
import { findClaude, readyClaude } from "./claude-program.ts";
import { openClaudeReader, type ClaudeReader } from "./claude-reader.ts";
import { claudeResult } from "./claude-result.ts";
import { hasSession, sessionIdOf } from "./claude-session.ts";

/** Runs Claude Code without a terminal as an agent. docs/agents.md says how an agent file is passed to it. */
export function createClaudeDispatcher(launch: Launch = shellLaunch): StageDispatcher {
  return createProgramDispatcher(claudeProgram, launch);
}

/** claude asks the API again by itself; after so many refusals the stage's own retry policy decides. */
const ownVariables = { CLAUDE_CODE_MAX_RETRIES: "2" };

const claudeProgram: AgentProgram<ClaudeReader> = {
  name: "claude-code",
  prepare: prepareClaude,
  variables: () => ownVariables,
  openReader: openClaudeReader,
  readResult: ({ request, reader, masks, status }) =>
    claudeResult({ reader, status, wantsOutputs: declaresOutputs(request.output_schema), hide: masks.hide }),
  readLeft: ({ reader }) => {
    const usage = reader.usage();
    return {
      ...(usage === null ? {} : { usage }),
      ...(reader.output === null ? {} : { outputs: { ...reader.output } }),
    };
  },
};

async function prepareClaude(request: StageRequest): Promise<AgentStart | { error: StageError }> {
  const { agent, agent_ref, attempt_id, workdir, prompt } = request;
  if (agent === null) return refuse("not_found", `agent "${agent_ref}" has no file. write one`);
  if (!statSync(workdir, { throwIfNoEntry: false })?.isDirectory())
    return refuse("invalid_request", `the working directory ${workdir} is no folder`);
  const env = agentEnvironment(request, ownVariables);
  const found = findClaude({ workdir, path: env["PATH"] ?? defaultPath });
  if ("trouble" in found) {
    const { code, says, wayOut } = found.trouble;
    return refuse(code === "program_missing" ? "not_found" : "invalid_request", `${says}. ${wayOut}`);
  }
  const program = await readyClaude(found.path, { env, workdir });
  if ("error" in program) return program;
  const id = sessionIdOf(attempt_id);
  const resumes = hasSession(id, env);
  const call = claudeArguments(request, { id, resumes }, program.takesAgentsFile);
  if ("error" in call) return call;
  const { argv, files, warnings } = call;
  return {
    argv: [program.path, ...argv],
    input: resumes ? resumePrompt : prompt,
    files,
    warnings: resumes ? [...warnings, "claude was interrupted and goes on with its session"] : warnings,
  };
}

/** The session knows the task already. */
const resumePrompt =
  "You were interrupted while you worked on the task above. What you had begun may have happened or not: look before " +
  "you do it again. Finish the task, and hand in what it asks for.\n";

function refuse(errorClass: string, message: string): { error: StageError } {
  return { error: { class: errorClass, message, retryable: false } };
}

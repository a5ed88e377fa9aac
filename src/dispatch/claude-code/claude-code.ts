import { chargedIn } from "../charged-in.ts";
import type { StageDispatcher, StageError, StageRequest } from "../dispatcher.ts";
import { attemptServers, namedServers } from "../mcp/attempt-servers.ts";
import { hiddenVariables, without } from "../mcp/hidden-variables.ts";
import { agentEnvironment, defaultPath } from "../process/agent-environment.ts";
import type { AgentProgram, AgentStart } from "../process/agent-program.ts";
import { shellLaunch, type Launch } from "../process/launcher.ts";
import { createProgramDispatcher } from "../process/program-dispatcher.ts";
import { readyExecutable } from "../executable.ts";
import { openProgramVersions, type ProgramVersions } from "../program-versions.ts";
import { declaresOutputs } from "../output-schema.ts";
import { attemptSkills } from "../attempt-skills.ts";
import { refuseUnfit } from "../refuse-start.ts";
import { sessionPrompt } from "../session-prompt.ts";
import { programNote, usedProgram } from "../unknown-option.ts";
import { claudeArguments } from "./claude-arguments.ts";
import { claudeExecutable, takesAgentsFile } from "./claude-program.ts";
import { openClaudeReader, type ClaudeReader } from "./claude-reader.ts";
import { claudeResult } from "./claude-result.ts";
import { answeredRequest, userMessage } from "./claude-talk.ts";
import { sessionIdOf, sessionToResume } from "./claude-session.ts";

/** Runs Claude Code without a terminal as an agent. docs/claude-code.md says how an agent file is passed to it. */
export function createClaudeDispatcher(
  launch: Launch = shellLaunch,
  versions: ProgramVersions = openProgramVersions(null),
): StageDispatcher {
  return createProgramDispatcher(
    { ...claudeProgram, prepare: (request) => prepareClaude(request, versions) },
    launch,
  );
}

/** claude asks the API again by itself; after so many refusals the stage's own retry policy decides. */
const ownVariables = { CLAUDE_CODE_MAX_RETRIES: "2" };

const keys = ["ANTHROPIC_API_KEY", "ANTHROPIC_AUTH_TOKEN", "CLAUDE_CODE_OAUTH_TOKEN"];

const claudeProgram: Omit<AgentProgram<ClaudeReader>, "prepare"> = {
  name: "claude-code",
  variables: () => ownVariables,
  answeredIn: answeredRequest,
  openReader: (masks, request) =>
    openClaudeReader(masks, {
      needed: namedServers(request),
      charged: (session) => chargedIn(session, request),
    }),
  readResult: ({ request, reader, masks, status }) =>
    claudeResult({
      reader,
      status,
      program: usedProgram(request.attempt_dir),
      wantsOutputs: declaresOutputs(request.output_schema),
      hide: masks.hide,
    }),
  sessionLeft: (request) => sessionToResume(request, agentEnvironment(request, ownVariables)),
  readLeft: ({ reader }) => ({
    ...reader.usage(),
    ...(reader.output === null ? {} : { outputs: { ...reader.output } }),
  }),
};

async function prepareClaude(
  request: StageRequest,
  versions: ProgramVersions,
): Promise<AgentStart | { error: StageError }> {
  const { attempt_id, workdir, prompt } = request;
  const unfit = refuseUnfit(request);
  if (unfit !== null) return unfit;
  const env = agentEnvironment(request, ownVariables);
  const program = await readyExecutable(
    claudeExecutable,
    { workdir, path: env["PATH"] ?? defaultPath },
    env,
    versions,
  );
  if ("error" in program) return program;
  const hidden = hiddenVariables(request, keys);
  const started = attemptServers(request, without(env, hidden));
  if ("error" in started) return started;
  const given = attemptSkills(request);
  if ("error" in given) return given;
  const kept = sessionToResume(request, env);
  const call = claudeArguments(request, {
    session: { id: kept ?? sessionIdOf(attempt_id), resumes: kept !== null },
    takesAgentsFile: takesAgentsFile(program.version),
    servers: started.servers,
    skills: given.skills,
    hidden,
  });
  if ("error" in call) return call;
  const { argv, files, warnings } = call;
  const task = kept === null ? prompt : sessionPrompt(request);
  return {
    argv: [program.path, ...argv],
    input: request.permissions === "ask" ? userMessage(task) : task,
    isTwoWay: request.permissions === "ask",
    files: { ...files, ...programNote(program) },
    warnings: [...warnings, ...describeSession(request, kept)],
  };
}

function describeSession({ session }: StageRequest, kept: string | null): string[] {
  if (session === null) return kept === null ? [] : ["claude was interrupted and goes on with its session"];
  if (kept === null) return [`claude has not kept the session ${session.id}: it begins anew`];
  return [`claude goes on with the session ${kept} of an earlier attempt`];
}

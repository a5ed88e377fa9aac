import { attemptSkills, skillFiles, type AttemptSkill } from "../attempt-skills.ts";
import { chargedIn } from "../charged-in.ts";
import type { StageDispatcher, StageError, StageRequest } from "../dispatcher.ts";
import { readyExecutable } from "../executable.ts";
import { attemptServers } from "../mcp/attempt-servers.ts";
import { hiddenVariables, without } from "../mcp/hidden-variables.ts";
import { agentEnvironment, defaultPath } from "../process/agent-environment.ts";
import type { AgentProgram, AgentStart } from "../process/agent-program.ts";
import { shellLaunch, type Launch } from "../process/launcher.ts";
import { createProgramDispatcher } from "../process/program-dispatcher.ts";
import { openProgramVersions, type ProgramVersions } from "../program-versions.ts";
import { refuseUnfit } from "../refuse-start.ts";
import { sessionPrompt } from "../session-prompt.ts";
import { programNote, usedProgram } from "../unknown-option.ts";
import { describeSkills, skillsFolder } from "../skills-prompt.ts";
import { initializeMessage } from "./app-messages.ts";
import { appCall, appPlanFile, readAppPlan } from "./app-plan.ts";
import { answeredRequest } from "./app-talk.ts";
import { codexArguments, usableModel } from "./codex-arguments.ts";
import { codexExecutable } from "./codex-program.ts";
import { openCodexReader, type CodexReader } from "./codex-reader.ts";
import { describeServers } from "./codex-servers.ts";
import { openThreadUsage } from "./thread-usage.ts";
import { codexResult } from "./codex-result.ts";
import { meteredUsage } from "./codex-usage.ts";
import { checkThread, fileOfThread, resumedThread, threadFile, threadOf } from "./codex-session.ts";

/** Runs Codex without a terminal as an agent. docs/codex.md says how an agent file is passed to it. */
export function createCodexDispatcher(
  launch: Launch = shellLaunch,
  versions: ProgramVersions = openProgramVersions(null),
): StageDispatcher {
  return createProgramDispatcher(
    { ...codexProgram, prepare: (request) => prepareCodex(request, versions) },
    launch,
  );
}

const keys = ["CODEX_API_KEY", "OPENAI_API_KEY"];

const codexProgram: Omit<AgentProgram<CodexReader>, "prepare"> = {
  name: "codex",
  variables: () => ({}),
  openReader: (masks, request) => {
    const thread = openThreadUsage(agentEnvironment(request, {}));
    const resumed = resumedThread(request.attempt_dir);
    const charged = resumed === null ? null : chargedIn(resumed, request);
    const plan = readAppPlan(request.attempt_dir);
    return openCodexReader(masks, { charged, thread, request, plan });
  },
  readResult: ({ request, reader, masks, status }) => {
    const model = usableModel(request);
    return codexResult({
      reader,
      status,
      program: usedProgram(request.attempt_dir),
      model,
      schema: request.output_schema,
      hide: masks.hide,
    });
  },
  answeredIn: answeredRequest,
  sessionLeft: (request) => {
    const thread = threadOf(request.attempt_dir);
    return thread !== null && fileOfThread(thread, agentEnvironment(request, {})) !== null ? thread : null;
  },
  readLeft: ({ request, reader }) => meteredUsage(reader.usage(), usableModel(request)),
};

async function prepareCodex(
  request: StageRequest,
  versions: ProgramVersions,
): Promise<AgentStart | { error: StageError }> {
  const { attempt_dir, workdir, prompt } = request;
  const unfit = refuseUnfit(request);
  if (unfit !== null) return unfit;
  const env = agentEnvironment(request, {});
  const place = { workdir, path: env["PATH"] ?? defaultPath };
  const program = await readyExecutable(codexExecutable, place, env, versions);
  if ("error" in program) return program;
  const visible = without(env, hiddenVariables(request, keys));
  const started = attemptServers(request, visible);
  if ("error" in started) return started;
  const servers = describeServers(request, started.servers, visible);
  if ("error" in servers) return servers;
  const given = attemptSkills(request);
  if ("error" in given) return given;
  const { thread, warnings } = findThread(request, env);
  const texts = {
    prompt: withSkills(prompt, given.skills, attempt_dir),
    resumePrompt: withSkills(sessionPrompt(request), given.skills, attempt_dir),
  };
  const call = callOfCodex(request, { ...texts, resumes: thread, servers: servers.argv });
  if ("error" in call) return call;
  return {
    ...call,
    argv: [...servers.before, program.path, ...call.argv],
    files: {
      ...call.files,
      ...servers.files,
      ...skillFiles(given.skills, skillsFolder),
      ...programNote(program),
      ...(thread === null ? {} : { [threadFile]: thread }),
    },
    warnings: [...warnings, ...call.warnings, ...servers.warnings],
  };
}

/** codex is talked to where people decide, and else told everything at once: `codex exec` asks nobody. */
function callOfCodex(
  request: StageRequest,
  told: Parameters<typeof appCall>[1],
):
  | (Required<Pick<AgentStart, "argv" | "input" | "isTwoWay" | "files">> & { warnings: string[] })
  | { error: StageError } {
  const { prompt, resumePrompt, resumes: thread, servers } = told;
  if (request.permissions === "ask") {
    const { argv, plan, warnings } = appCall(request, told);
    const files = { [appPlanFile]: JSON.stringify(plan) };
    return { argv, input: initializeMessage(), isTwoWay: true, files, warnings };
  }
  const call = codexArguments(request, { thread, servers });
  return "error" in call
    ? call
    : { ...call, input: thread === null ? prompt : resumePrompt, isTwoWay: false };
}

function withSkills(task: string, skills: readonly AttemptSkill[], attemptDir: string): string {
  if (skills.length === 0) return task;
  const folders = skills.map(({ folder }) => folder);
  return `${task.trimEnd()}\n\n${describeSkills(folders, attemptDir)}\n`;
}

/** The thread of an agent that was killed, else the one of an earlier attempt, if codex has kept it. */
function findThread(
  { attempt_dir, session }: StageRequest,
  env: Readonly<Record<string, string>>,
): { thread: string | null; warnings: string[] } {
  const own = threadOf(attempt_dir);
  const thread = own ?? checkThread(session?.id ?? "");
  if (thread === null) return { thread: null, warnings: [] };
  const was = own === null ? "codex" : "codex was interrupted and";
  if (fileOfThread(thread, env) === null)
    return { thread: null, warnings: [`${was} has not kept its thread ${thread}: it begins anew`] };
  return { thread, warnings: [`${was} goes on with its thread ${thread}`] };
}

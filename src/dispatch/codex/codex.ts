import type { StageDispatcher, StageError, StageRequest } from "../dispatcher.ts";
import { readyExecutable } from "../executable.ts";
import { agentEnvironment, defaultPath } from "../process/agent-environment.ts";
import type { AgentProgram, AgentStart } from "../process/agent-program.ts";
import { shellLaunch, type Launch } from "../process/launcher.ts";
import { createProgramDispatcher } from "../process/program-dispatcher.ts";
import { openProgramVersions, type ProgramVersions } from "../program-versions.ts";
import { refuseUnfit } from "../refuse-start.ts";
import { resumePrompt } from "../resume-prompt.ts";
import { codexArguments, usableModel } from "./codex-arguments.ts";
import { codexExecutable } from "./codex-program.ts";
import { openCodexReader, type CodexReader } from "./codex-reader.ts";
import { openThreadUsage } from "./thread-usage.ts";
import { codexResult } from "./codex-result.ts";
import { meteredUsage } from "./codex-usage.ts";
import { fileOfThread, resumes, threadFile, threadOf } from "./codex-session.ts";

/** Runs Codex without a terminal as an agent. docs/agents.md says how an agent file is passed to it. */
export function createCodexDispatcher(
  launch: Launch = shellLaunch,
  versions: ProgramVersions = openProgramVersions(null),
): StageDispatcher {
  return createProgramDispatcher(
    { ...codexProgram, prepare: (request) => prepareCodex(request, versions) },
    launch,
  );
}

const codexProgram: Omit<AgentProgram<CodexReader>, "prepare"> = {
  name: "codex",
  variables: () => ({}),
  openReader: (masks, request) => {
    const thread = openThreadUsage(agentEnvironment(request, {}));
    return openCodexReader(masks, { charged: resumes(request) ? request.charged : null, thread });
  },
  readResult: ({ request, reader, masks, status }) => {
    const model = usableModel(request);
    return codexResult({ reader, status, model, schema: request.output_schema, hide: masks.hide });
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
  const { thread, warnings } = findThread(attempt_dir, env);
  const call = codexArguments(request, thread);
  if ("error" in call) return call;
  return {
    argv: [program.path, ...call.argv],
    input: thread === null ? prompt : resumePrompt,
    files: { ...call.files, ...(thread === null ? {} : { [threadFile]: thread }) },
    warnings: [...warnings, ...call.warnings],
  };
}

/** The thread of an agent that was killed, if codex has kept it. */
function findThread(
  attemptDir: string,
  env: Readonly<Record<string, string>>,
): { thread: string | null; warnings: string[] } {
  const thread = threadOf(attemptDir);
  if (thread === null) return { thread: null, warnings: [] };
  if (fileOfThread(thread, env) !== null)
    return { thread, warnings: [`codex was interrupted and goes on with its thread ${thread}`] };
  return {
    thread: null,
    warnings: [`codex was interrupted and has not kept its thread ${thread}: it begins anew`],
  };
}

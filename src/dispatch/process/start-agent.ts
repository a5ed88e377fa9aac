import { closeSync } from "node:fs";
import { agentEnvironment } from "./agent-environment.ts";
import type { AgentProgram, AgentStart } from "./agent-program.ts";
import { makeAttemptFolder, type AttemptHandles, type LogFiles } from "./attempt-folder.ts";
import { beginConversation } from "./conversation.ts";
import type { StageError, StageRequest } from "../dispatcher.ts";
import { isShortage } from "./shortage.ts";
import type { Launch } from "./launcher.ts";
import type { Supervised } from "./supervisor.ts";
import type { Ticker } from "./ticker.ts";

export interface StartedAgent {
  agent: Supervised;
  files: LogFiles;
}

/**
 * Makes the attempt's folder and starts the program in it. A refusal of the system is a failure of the attempt; throws
 * when the system is only short of something (see `isShortage`).
 */
export async function startAgent(
  request: StageRequest,
  { argv, input, isTwoWay = false, files = {}, workdirFile }: AgentStart,
  { program, launch, ticker }: { program: AgentProgram; launch: Launch; ticker: Ticker },
): Promise<StartedAgent | { error: StageError }> {
  const { attempt_dir, attempt_id, workdir } = request;
  const more = workdirFile === undefined ? files : { ...files, [workdirFile]: workdir };
  let handles: AttemptHandles | null = null;
  try {
    const env = agentEnvironment(request, program.variables(attempt_dir));
    const unfit = Object.entries(env).find(
      ([name, value]) => /[=\0]/.test(name) || value.includes("\0"),
    )?.[0];
    if (unfit !== undefined) {
      return refuseStart(`the variable "${unfit}" of the workflow's env cannot be given to a program`);
    }
    handles = makeAttemptFolder(attempt_dir, input, more);
    if (isTwoWay) beginConversation(attempt_dir, input);
    const agent = await launch(
      {
        folder: attempt_dir,
        attemptId: attempt_id,
        command: argv,
        workdir,
        env,
        handles,
        isTwoWay,
      },
      ticker,
    );
    closeSync(handles.stdin);
    return { agent, files: handles };
  } catch (error) {
    if (handles) for (const file of Object.values(handles)) closeSync(file);
    if (!(error instanceof Error) || !("code" in error) || isShortage(error)) throw error;
    if (error.code === "E2BIG") {
      return refuseStart(
        'the "command" of the agent or the "env" of the workflow is too big for this system',
      );
    }
    return { error: { class: "internal", message: `the agent cannot be started: ${error.message}` } };
  }
}

function refuseStart(message: string): { error: StageError } {
  return { error: { class: "invalid_request", message, retryable: false } };
}

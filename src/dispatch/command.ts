import { commandOf, programName } from "./agent-command.ts";
import { commandInput, fileVariables } from "./command-files.ts";
import type { StageDispatcher } from "./dispatcher.ts";
import { ignoredKeys, noteText, type KeyReading, type KeyRequest } from "./key-notes.ts";
import { openLogReader } from "./log-reader.ts";
import { readLeftBehind, outcomeOf } from "./outcome.ts";
import type { AgentProgram } from "./process/agent-program.ts";
import { shellLaunch, type Launch } from "./process/launcher.ts";
import { createProgramDispatcher } from "./process/program-dispatcher.ts";

/** Runs any program as an agent. docs/agents.md says what the program is given and how it answers. */
export function createCommandDispatcher(launch: Launch = shellLaunch): StageDispatcher {
  return createProgramDispatcher(commandProgram, launch);
}

const commandProgram: AgentProgram = {
  name: "command",
  prepare: (request) => {
    const command = commandOf(request);
    if ("error" in command) return command;
    const warnings = readForCommand(request).notes.map((note) => noteText(request, note));
    return { ...command, input: commandInput(request), warnings };
  },
  variables: fileVariables,
  openReader: openLogReader,
  readResult: ({ request, reader, masks, status }) =>
    outcomeOf({
      folder: request.attempt_dir,
      status,
      program: programName(request),
      agent: request.agent,
      outputs: request.outputs,
      warnings: reader.warnings,
      complaint: reader.complaint,
      masks,
    }),
  readLeft: ({ request }) => readLeftBehind(request.attempt_dir, request.outputs),
};

/** The program is told the model and the tools, and makes of them what it wants. */
export function readForCommand({ agent, model, is_model_named: isNamed }: KeyRequest): KeyReading {
  const keys = ["disallowedTools", "permissionMode", "maxTurns", "effort", "skills", "mcpServers"];
  return {
    model: isNamed ? model : null,
    refusal: null,
    notes: ignoredKeys(agent?.settings ?? {}, keys, "command"),
  };
}

import type { AgentFile } from "../../execution/snapshot.ts";
import { agentCommand, type AgentCommand } from "../agent-command.ts";
import type { StageError } from "../dispatcher.ts";
import type { ProgramPlace } from "../program-trouble.ts";
import { refuseStart } from "../refuse-start.ts";

/** `[dispatch.acp] command`, for agents whose file names none; relative paths are absolute by now. */
export type ConfiguredCommand = readonly string[];

/** The program of an agent: that of its file, else the configured one; or why it cannot be run. */
export function acpCommand(
  agent: AgentFile | null,
  ref: string,
  place: ProgramPlace,
  configured: ConfiguredCommand | undefined,
): AgentCommand {
  if (!agent || agent.command !== null) return agentCommand(agent, ref, place);
  if (configured !== undefined)
    return agentCommand({ ...agent, command: [...configured], path: "config.toml" }, ref, place);
  const says = `agent "${ref}" has no command, and config.toml names none for the dispatcher acp`;
  const wayOut = `add command: ["gemini", "--acp"] to ${agent.path}, or [dispatch.acp] command to config.toml`;
  return { trouble: { code: "command_missing", says, wayOut } };
}

/** The same for an attempt: the error that it fails with. */
export function commandOrError(
  agent: AgentFile | null,
  ref: string,
  place: ProgramPlace,
  configured: ConfiguredCommand | undefined,
): { argv: string[] } | { error: StageError } {
  const command = acpCommand(agent, ref, place, configured);
  if ("argv" in command) return command;
  const { code, says, wayOut } = command.trouble;
  const isMissing = code === "program_missing" || code === "interpreter_missing" || code === "agent_missing";
  return refuseStart(isMissing ? "not_found" : "invalid_request", `${says}. ${wayOut}`);
}

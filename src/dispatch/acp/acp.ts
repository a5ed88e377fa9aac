import { basename, join } from "node:path";
import { ownCommand } from "../../own-command.ts";
import { attemptSkills, skillFiles } from "../attempt-skills.ts";
import type { StageDispatcher, StageError, StageRequest } from "../dispatcher.ts";
import { attemptServers, serverNameOf, toolPrefix } from "../mcp/attempt-servers.ts";
import { hiddenVariables, without } from "../mcp/hidden-variables.ts";
import { declaresOutputs } from "../output-schema.ts";
import { agentEnvironment, defaultPath } from "../process/agent-environment.ts";
import type { AgentProgram, AgentStart } from "../process/agent-program.ts";
import { shellLaunch, type Launch } from "../process/launcher.ts";
import { createProgramDispatcher } from "../process/program-dispatcher.ts";
import { providerKeys } from "../provider-variables.ts";
import { refuseUnfit } from "../refuse-start.ts";
import { skillsFolder } from "../skills-prompt.ts";
import { acpSettings } from "./acp-settings.ts";
import { commandOrError, type ConfiguredCommand } from "./acp-command.ts";
import { initializeMessage } from "./acp-messages.ts";
import { planFile, workdirFile, type AcpPlan } from "./acp-plan.ts";
import { endOfFollowUp, promptAfterInterruption, taskPrompt } from "./acp-prompt.ts";
import { answeredRequest } from "./acp-talk.ts";
import { openAcpReader, type AcpReader } from "./acp-reader.ts";
import { acpResult, handedOutputs, outputsFile } from "./acp-result.ts";
import { contractFile, contractText, describeOutputsServer, describeServers } from "./acp-servers.ts";
import { sessionLeft, textLeft } from "./acp-session.ts";
import { outputsServer } from "./tool-names.ts";

export interface AcpOptions {
  launch?: Launch;
  /** The program of agents whose file names none. */
  configured?: ConfiguredCommand | undefined;
  /** The command that starts this program: agents hand in their outputs to it. */
  self?: readonly string[];
}

/** Runs any agent that speaks the Agent Client Protocol. docs/acp.md says how an agent file is passed to it. */
export function createAcpDispatcher({ launch = shellLaunch, ...options }: AcpOptions = {}): StageDispatcher {
  return createProgramDispatcher(
    { ...acpProgram, prepare: (request) => prepareAcp(request, options) },
    launch,
  );
}

const acpProgram: Omit<AgentProgram<AcpReader>, "prepare"> = {
  name: "acp",
  variables: () => ownVariables,
  openReader: openAcpReader,
  answeredIn: answeredRequest,
  readResult: ({ request, reader, masks, status }) =>
    acpResult({
      reader,
      status,
      attemptDir: request.attempt_dir,
      wantsOutputs: declaresOutputs(request.output_schema),
      hide: masks.hide,
    }),
  readLeft: ({ request, reader }) => {
    const handed = handedOutputs(request.attempt_dir);
    return { ...reader.usage(), ...("outputs" in handed ? handed : {}) };
  },
};

function prepareAcp(
  request: StageRequest,
  { configured, self = ownCommand() }: Omit<AcpOptions, "launch">,
): AgentStart | { error: StageError } {
  const { agent, agent_ref, attempt_dir, workdir, output_schema, outputs, permissions, tools } = request;
  const unfit = refuseUnfit(request);
  if (unfit !== null) return unfit;
  const env = agentEnvironment(request, ownVariables);
  const command = commandOrError(agent, agent_ref, { workdir, path: env["PATH"] ?? defaultPath }, configured);
  if ("error" in command) return command;
  const hidden = hiddenVariables(request, providerKeys);
  const started = attemptServers(request, without(env, hidden));
  if ("error" in started) return started;
  const given = attemptSkills(request);
  if ("error" in given) return given;
  const settings = acpSettings(request);
  if ("error" in settings) return settings;
  const wantsOutputs = declaresOutputs(output_schema);
  const own = wantsOutputs ? [describeOutputsServer(self, attempt_dir)] : [];
  const resumes = sessionLeft(attempt_dir);
  const handed = textLeft(join(attempt_dir, outputsFile));
  const plan: AcpPlan = {
    program: basename(command.argv[0] ?? ""),
    role: agent?.prompt ?? "",
    prompt: taskPrompt(request, { skills: given.skills.map(({ folder }) => folder), wantsOutputs }),
    resumePrompt: promptAfterInterruption(request.decided, wantsOutputs),
    followUpEnd: endOfFollowUp(wantsOutputs),
    servers: [...own, ...describeServers(started.servers, hidden)],
    resumes,
    ...settings.settings,
    allowed: tools.map((tool) => ruleOf(tool, request)).filter((rule) => rule !== null),
    serverNames: [outputsServer, ...started.servers.map(({ name }) => name)],
    permissions,
  };
  return {
    argv: command.argv,
    input: initializeMessage(),
    isTwoWay: true,
    workdirFile,
    files: {
      [planFile]: JSON.stringify(plan),
      ...(wantsOutputs ? { [contractFile]: contractText(outputs) } : {}),
      ...(handed === null ? {} : { [outputsFile]: handed }),
      ...skillFiles(given.skills, skillsFolder),
    },
    warnings: [
      ...(resumes === null ? [] : [`the agent was interrupted and goes on with its session ${resumes}`]),
      ...settings.warnings,
    ],
  };
}

/** For single programs; others do not know these variables. */
const ownVariables = {
  // Claude Code would have the model search for the tools of servers, and so for the one for outputs.
  ENABLE_TOOL_SEARCH: "false",
  // opencode does everything without asking unless it is told otherwise; what only reads needs no permission.
  OPENCODE_PERMISSION: JSON.stringify({
    "*": "ask",
    ...Object.fromEntries(
      ["read", "grep", "glob", "list", "lsp", "todoread", "todowrite", "task", "skill"].map((tool) => [
        tool,
        "allow",
      ]),
    ),
    [`${outputsServer}_*`]: "allow",
  }),
};

/** A reference to a server allows all of its tools; other references are no rules. */
function ruleOf(tool: string, request: StageRequest): string | null {
  if (tool.startsWith("skill:")) return null;
  const server = tool.startsWith("mcp:") ? serverNameOf(tool, request) : null;
  return server === null ? tool : toolPrefix(server);
}

import { readConfig } from "../../config.ts";
import { acpCommand } from "../../dispatch/acp/acp-command.ts";
import { sayHello, type AcpHello } from "../../dispatch/acp/say-hello.ts";
import { knownPrograms } from "../../dispatch/known-programs.ts";
import { defaultPath } from "../../dispatch/process/agent-environment.ts";
import { providerVariables } from "../../dispatch/provider-variables.ts";
import { AppError } from "../../errors.ts";
import { allowedEnv } from "../../execution/allowed-env.ts";
import type { AgentFile } from "../../execution/snapshot.ts";
import type { Invocation } from "../command.ts";
import { artifactsFor } from "../compose.ts";

/** A program that speaks the Agent Client Protocol, and what it says of itself. */
export interface AcpFacts {
  /** As it was started. */
  command: string[];
  hello: AcpHello | null;
  /** Why it says nothing; null where it does. */
  trouble: string | null;
}

const longestHelloMs = 5_000;

/** Starts every such program that is installed, configured, or named by an agent's file that is found from here. */
export async function greetPrograms(invocation: Invocation): Promise<AcpFacts[]> {
  const { env, workdir } = invocation;
  const { passEnv, acp } = settingsOf(invocation);
  const agentEnv = { ...providerVariables(env, ["acp"]), ...allowedEnv(env, passEnv) };
  const place = { workdir, path: agentEnv["PATH"] ?? defaultPath };
  const known = knownPrograms.flatMap(({ name, acp: args }) => {
    const path = args === null ? null : Bun.which(name, { PATH: place.path, cwd: workdir });
    return path === null ? [] : [[path, ...(args ?? [])]];
  });
  const named = [...agentsOf(invocation), ...(acp ? [configuredAgent] : [])].flatMap((agent) => {
    const command = acpCommand(agent, agent.ref, place, acp);
    return "argv" in command ? [command.argv] : [];
  });
  const commands = new Map([...known, ...named].map((argv) => [JSON.stringify(argv), argv]));
  const greeted: AcpFacts[] = [];
  // One after the other: beside each other they would slow each other down, and time runs.
  for (const command of commands.values()) {
    const said = await greet(command, { env: agentEnv, workdir });
    greeted.push(
      "trouble" in said
        ? { command, hello: null, trouble: said.trouble }
        : { command, hello: said, trouble: null },
    );
  }
  return greeted;
}

async function greet(
  command: readonly string[],
  how: { env: Readonly<Record<string, string>>; workdir: string },
): ReturnType<typeof sayHello> {
  try {
    return await sayHello(command, { ...how, longestMs: longestHelloMs });
  } catch (error) {
    if (!(error instanceof Error && "code" in error)) throw error;
    return { trouble: `it cannot be started: ${error.message}` };
  }
}

/** The row of one program. */
export function helloRow({ command, hello, trouble }: AcpFacts): {
  name: string;
  state: "ok" | "missing";
  says: string;
} {
  const name = `acp ${command[0]?.split("/").at(-1)}`;
  const words = command.join(" ");
  if (hello === null) return { name, state: "missing", says: `${words}: ${trouble}` };
  const title = [hello.name ?? "without a name", hello.version].filter((word) => word !== null).join(" ");
  const says = [`${title}, version ${hello.protocol} of ACP`, ...hello.capabilities, words].join("; ");
  return { name, state: "ok", says };
}

/** A config that cannot be read has a row of its own. */
function settingsOf({ home, env }: Invocation): { passEnv: readonly string[]; acp: string[] | undefined } {
  try {
    const { passEnv, dispatch } = readConfig(home, env);
    return { passEnv, acp: dispatch.acp };
  } catch (error) {
    if (error instanceof AppError) return { passEnv: [], acp: undefined };
    throw error;
  }
}

/** The agents of this folder that name a program of their own; a file that is broken is told where it is used. */
function agentsOf(invocation: Invocation): AgentFile[] {
  const { workdir } = invocation;
  const artifacts = artifactsFor(invocation, workdir, workdir);
  return artifacts.list("agent").flatMap(({ name }) => {
    try {
      const agent = artifacts.agent(`agent:${name}`);
      return agent?.dispatcher === "acp" && agent.command !== null ? [agent] : [];
    } catch (error) {
      if (error instanceof AppError) return [];
      throw error;
    }
  });
}

const configuredAgent: AgentFile = {
  ref: "agent:configured",
  name: "configured",
  description: "",
  path: "config.toml",
  hash: "",
  dispatcher: "acp",
  command: null,
  exit_codes: {},
  tools: [],
  model: null,
  prompt: "",
};

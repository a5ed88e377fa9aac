import type { McpServer } from "@agentclientprotocol/sdk";
import type { EffectiveOutput } from "../../workflow/effective.ts";
import type { AttemptServer } from "../mcp/attempt-servers.ts";
import { attemptFiles } from "../process/attempt-folder.ts";
import { hidingCommand } from "../mcp/hidden-variables.ts";
import { outputsFile } from "./acp-result.ts";
import { outputsServer } from "./tool-names.ts";

/** The file in the attempt's folder that holds the stage's contract. */
export const contractFile = "contract.json";

/** The stage's own servers as the agent is told of them; `hidden` are variables that they must not see. */
export function describeServers(servers: readonly AttemptServer[], hidden: readonly string[]): McpServer[] {
  return servers.flatMap(({ name, settings }): McpServer[] => {
    if (settings.kind === "address") {
      const headers = Object.entries(settings.headers).map(([header, value]) => ({ name: header, value }));
      const { type, url } = settings;
      // The protocol knows no sockets.
      return type === "ws" ? [] : [{ type, name, url, headers }];
    }
    const { env } = settings;
    const unseen = hidden.filter((each) => !Object.hasOwn(env, each));
    const [command = "", ...args] = hidingCommand(unseen, [settings.command, ...settings.args]);
    const variables = Object.entries(env).map(([variable, value]) => ({ name: variable, value }));
    return [{ name, command, args, env: variables }];
  });
}

/** The server by which the agent hands in its outputs. `self`: the command that starts this program. */
export function describeOutputsServer(self: readonly string[], attemptDir: string): McpServer {
  const [command = "", ...own] = self;
  const files = { contract: contractFile, output: outputsFile, until: attemptFiles.inputEnd };
  const options = Object.entries(files).flatMap(([option, file]) => [`--${option}`, `${attemptDir}/${file}`]);
  return { name: outputsServer, command, args: [...own, "mcp", "outputs", ...options], env: [] };
}

export function contractText(outputs: Readonly<Record<string, EffectiveOutput>>): string {
  return JSON.stringify({ schema: "skillmeat.contract/1", outputs });
}

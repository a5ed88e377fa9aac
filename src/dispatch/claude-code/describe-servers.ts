import type { AttemptServer } from "../mcp/attempt-servers.ts";
import { hidingCommand } from "../mcp/hidden-variables.ts";

/**
 * The text of the file for `--mcp-config`. A server gets claude's own environment; `hidden` are the variables of
 * it that it must not see.
 */
export function describeServers(servers: readonly AttemptServer[], hidden: readonly string[]): string {
  const described = servers.map((server) => [server.name, describeServer(server, hidden)] as const);
  return JSON.stringify({ mcpServers: Object.fromEntries(described) }, null, 2);
}

/** `alwaysLoad`: its tools are there from the first turn on, so that claude has to start it before. */
function describeServer({ settings, others }: AttemptServer, hidden: readonly string[]): object {
  if (settings.kind === "address") {
    const { type, url, headers } = settings;
    return { ...others, type, url, headers, alwaysLoad: true };
  }
  const { command, args, env } = settings;
  const unseen = hidden.filter((name) => !Object.hasOwn(env, name));
  const [first = command, ...rest] = hidingCommand(unseen, [command, ...args]);
  return { ...others, type: "stdio", command: first, args: rest, env, alwaysLoad: true };
}

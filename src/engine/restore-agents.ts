import { createHash } from "node:crypto";
import { readFileSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { hashOfSettings } from "../collection/find-servers.ts";
import { serversIn } from "../collection/server-names.ts";
import { longestAgentFile, parseAgentFile } from "../dispatch/agent-file.ts";
import { wantedServers } from "../dispatch/mcp/wanted-servers.ts";
import { AppError } from "../errors.ts";
import type { AgentFile, McpServer } from "../execution/snapshot.ts";
import { mask } from "../workflow/secret-name.ts";

/**
 * The agents of an execution that has ended, with the secrets in the settings of their MCP servers, which are not kept:
 * they are read again from files that are still the same. Throws `AppError("conflict")` where one is not.
 */
export function restoreAgents(runId: string, agents: Record<string, AgentFile>): Record<string, AgentFile> {
  const restored: Record<string, AgentFile> = Object.create(null);
  for (const [ref, agent] of Object.entries(agents)) restored[ref] = restoreAgent(runId, agent);
  return restored;
}

function restoreAgent(runId: string, agent: AgentFile): AgentFile {
  const { settings, servers } = agent;
  if (!isMasked(settings) && !isMasked(servers)) return agent;
  const file = sameFile(agent);
  if (isMasked(settings) && !file) throw changed(runId, agent.path);
  return {
    ...agent,
    ...(file?.settings && { settings: file.settings }),
    ...(servers && { servers: servers.map((server) => restoreServer(runId, server, file)) }),
  };
}

function restoreServer(runId: string, server: McpServer, agent: AgentFile | null): McpServer {
  if (!isMasked(server.settings)) return server;
  const described =
    server.ref === null
      ? wantedServers([], agent?.settings).wanted.flatMap((each) => ("settings" in each ? [each] : []))
      : serversIn(server.path, dirname(server.path));
  const same = described.find(
    ({ name, settings }) => name === server.name && hashOfSettings(settings) === server.hash,
  );
  if (!same) throw changed(runId, server.path);
  return { ...server, settings: same.settings };
}

/** The agent's file as it is now, if its bytes are the same. */
function sameFile({ path, ref, hash }: AgentFile): AgentFile | null {
  try {
    if (statSync(path).size > longestAgentFile) return null;
    const bytes = readFileSync(path);
    const isSame = createHash("sha256").update(bytes).digest("hex") === hash;
    return isSame ? parseAgentFile(bytes, { path, ref }) : null;
  } catch (error) {
    // The file may have been moved or removed; whatever the reason, it cannot be read.
    if (error instanceof Error && "code" in error) return null;
    throw error;
  }
}

function isMasked(settings: AgentFile["settings"] | readonly McpServer[]): boolean {
  return settings !== undefined && JSON.stringify(settings).includes(mask);
}

function changed(runId: string, path: string): AppError {
  return new AppError(
    "conflict",
    `an MCP server of execution "${runId}" has a secret in its settings, which is not kept after a run, and ` +
      `"${path}", which describes it, has changed or is gone. start the workflow again`,
  );
}

import { readServerSettings } from "../dispatch/mcp/server-settings.ts";
import { wantedServers, type WantedServer } from "../dispatch/mcp/wanted-servers.ts";
import type { AgentFile, McpServer } from "../execution/snapshot.ts";
import type { ArtifactLack, ArtifactLookup } from "../workflow/artifact-lookup.ts";
import { hashOfSettings } from "./find-servers.ts";

/** What cannot be used. `ref` is the reference in the stage's tools that says so; null: the agent's file says so. */
export interface ToolTrouble extends ArtifactLack {
  ref: string | null;
}

/** What an agent and its stages name for it to use, besides its own tools. */
export interface AgentTools {
  servers: McpServer[];
  troubles: ToolTrouble[];
}

interface ToolLookup extends Pick<ArtifactLookup, "hint"> {
  server(ref: string): McpServer | null;
}

/** Finds what an agent's file and the tools of its stages name. `tools`: references such as `mcp:github`. */
export function findAgentTools(agent: AgentFile, tools: readonly string[], lookup: ToolLookup): AgentTools {
  const { wanted, problem } = wantedServers(tools, agent.settings);
  const found: AgentTools = { servers: [], troubles: [] };
  if (problem !== null) {
    const { says, wayOut } = problem;
    const code = "mcp_server_broken";
    found.troubles.push({ code, says: `${says} (${agent.path})`, wayOut, ref: null });
  }
  for (const each of wanted) {
    const ref = "ref" in each && tools.includes(each.ref) ? each.ref : null;
    const server = serverOf(each, agent, lookup);
    const lacks = server ? lacksOf(server) : [missingServer(each, agent, { isOwn: ref === null, lookup })];
    found.troubles.push(...lacks.map((lack) => ({ ...lack, ref })));
    if (server && lacks.length === 0) found.servers.push(server);
  }
  return found;
}

/** Why the server of a reference cannot be used, where it was found. */
export function serverLacks(server: McpServer | null): ArtifactLack[] {
  return server ? lacksOf(server) : [];
}

function lacksOf({ name, path, settings }: McpServer): ArtifactLack[] {
  const read = readServerSettings(settings);
  if ("settings" in read) return [];
  const says = `the MCP server "${name}" of ${path} ${read.problem}`;
  return [{ code: "mcp_server_broken", says, wayOut: "correct it in that file" }];
}

function serverOf(wanted: WantedServer, agent: AgentFile, lookup: ToolLookup): McpServer | null {
  if ("ref" in wanted) return lookup.server(wanted.ref);
  const { name, settings } = wanted;
  return { ref: null, name, path: agent.path, hash: hashOfSettings(settings), settings };
}

function missingServer(
  wanted: WantedServer,
  agent: AgentFile,
  { isOwn, lookup }: { isOwn: boolean; lookup: ToolLookup },
): ArtifactLack {
  const ref = "ref" in wanted ? wanted.ref : `mcp:${wanted.name}`;
  const where = isOwn ? `, which "mcpServers" of ${agent.path} names,` : "";
  const looked = "looked in .mcp.json beside the workflow and in the project, and in the collection";
  return {
    code: "mcp_server_missing",
    says: `the MCP server "${ref.slice("mcp:".length)}"${where} is nowhere`,
    wayOut: lookup.hint(ref) ?? `${looked}. describe it in one of them, or leave the name out`,
  };
}

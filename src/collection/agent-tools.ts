import { readServerSettings } from "../dispatch/mcp/server-settings.ts";
import { wantedServers, type WantedServer } from "../dispatch/mcp/wanted-servers.ts";
import { wantedSkills } from "../dispatch/wanted-skills.ts";
import type { AgentFile, McpServer, Skill } from "../execution/snapshot.ts";
import type { ArtifactLack, ArtifactLookup } from "../workflow/artifact-lookup.ts";
import { hashOfSettings } from "./find-servers.ts";

/** What cannot be used. `ref` is the reference in the stage's tools that says so; null: the agent's file says so. */
export interface ToolTrouble extends ArtifactLack {
  ref: string | null;
}

/** What an agent and its stages name for it to use, besides its own tools. */
export interface AgentTools {
  servers: McpServer[];
  skills: Skill[];
  troubles: ToolTrouble[];
}

interface ToolLookup extends Pick<ArtifactLookup, "hint"> {
  server(ref: string): McpServer | null;
  /** Null: there is none. */
  skill(ref: string): Skill | ArtifactLack | null;
}

/** Finds what an agent's file and the tools of its stages name. `tools`: references such as `mcp:github`. */
export function findAgentTools(agent: AgentFile, tools: readonly string[], lookup: ToolLookup): AgentTools {
  const { wanted, problem } = wantedServers(tools, agent.settings);
  const found: AgentTools = { servers: [], ...findSkills(agent, tools, lookup) };
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

/** All of them together are stored with the agent. */
const mostSkillBytes = 4 * 1024 * 1024;

function findSkills(
  agent: AgentFile,
  tools: readonly string[],
  lookup: ToolLookup,
): Pick<AgentTools, "skills" | "troubles"> {
  const { refs, problem } = wantedSkills(tools, agent.settings);
  const [skills, troubles]: [Skill[], ToolTrouble[]] = [[], []];
  if (problem !== null) {
    const { says, wayOut } = problem;
    troubles.push({ code: "skill_broken", says: `${says} (${agent.path})`, wayOut, ref: null });
  }
  let bytes = 0;
  for (const named of refs) {
    const ref = tools.includes(named) ? named : null;
    const skill = lookup.skill(named) ?? missingSkill(named, agent, { isOwn: ref === null, lookup });
    if ("code" in skill) troubles.push({ ...skill, ref });
    else skills.push(skill);
    if ("files" in skill) bytes += JSON.stringify(skill.files).length;
  }
  if (bytes > mostSkillBytes) {
    const says = `the skills of ${agent.path} and its stages have more than 4 MiB, all together`;
    troubles.push({ code: "skill_broken", says, wayOut: "name fewer or smaller ones", ref: null });
  }
  return { skills, troubles };
}

function missingSkill(
  named: string,
  agent: AgentFile,
  { isOwn, lookup }: { isOwn: boolean; lookup: ToolLookup },
): ArtifactLack {
  const where = isOwn ? `, which "skills" of ${agent.path} names,` : "";
  const looked =
    "looked in .claude/skills beside the workflow and in the project, the collection and ~/.claude/skills";
  return {
    code: "skill_missing",
    says: `the skill "${named.slice("skill:".length)}"${where} is nowhere`,
    wayOut:
      lookup.hint(named) ?? `${looked}. make a folder with a SKILL.md in one of them, or leave the name out`,
  };
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

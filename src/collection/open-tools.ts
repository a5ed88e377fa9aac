import { takesTools } from "../dispatch/takes-tools.ts";
import type { AgentFile, Skill } from "../execution/snapshot.ts";
import type { ArtifactLack } from "../workflow/artifact-lookup.ts";
import { findAgentTools, serverLacks, type AgentTools } from "./agent-tools.ts";
import type { Surroundings } from "./artifact-places.ts";
import { splitRef } from "./artifact-ref.ts";
import { brokenServerFile, findServer } from "./find-servers.ts";
import { readSkill } from "./read-skill.ts";

/** What the search for tools needs of the other artifacts. */
interface OtherArtifacts {
  hint(ref: string): string | null;
  /** The folder of a skill; null where there is none. */
  skillFolder(ref: string): string | null;
  /** Null where there is none, or where its file is no agent's. */
  agent(ref: string): AgentFile | null;
}

/** The part of `Artifacts` that is about what agents may use. */
interface Tools {
  hint(ref: string): string | null;
  tools(agent: AgentFile, tools: readonly string[]): AgentTools;
  lacks(ref: string): readonly ArtifactLack[];
}

export function openTools(surroundings: Surroundings, others: OtherArtifacts): Tools {
  const isServer = (ref: string): boolean => splitRef(ref).type === "mcp";
  const isSkill = (ref: string): boolean => splitRef(ref).type === "skill";
  const skills = new Map<string, Skill | ArtifactLack | null>();
  function readOnce(ref: string): Skill | ArtifactLack | null {
    let skill = skills.get(ref);
    if (skill === undefined) {
      const folder = isSkill(ref) ? others.skillFolder(ref) : null;
      skills.set(ref, (skill = folder === null ? null : readSkill(ref, folder)));
    }
    return skill;
  }
  const lookup = {
    skill: readOnce,
    hint: (ref: string) => (isServer(ref) ? brokenServerFile(surroundings) : null) ?? others.hint(ref),
    server: (ref: string) => (isServer(ref) ? findServer(ref, splitRef(ref).names, surroundings) : null),
  };
  return {
    hint: lookup.hint,
    tools: (agent, tools) => findAgentTools(agent, tools, lookup),
    lacks(ref) {
      if (isServer(ref)) return serverLacks(lookup.server(ref));
      const skill = isSkill(ref) ? readOnce(ref) : null;
      if (skill !== null) return "code" in skill ? [skill] : [];
      const agent = splitRef(ref).type === "agent" ? others.agent(ref) : null;
      return agent && takesTools(agent.dispatcher) ? findAgentTools(agent, [], lookup).troubles : [];
    },
  };
}

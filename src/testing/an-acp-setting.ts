import type { AcpSetting } from "../dispatch/acp/acp-plan.ts";

/** What an agent of the Agent Client Protocol is to be told: as little as there can be, but for the given changes. */
export function anAcpSetting(changes: Partial<AcpSetting> = {}): AcpSetting {
  return {
    program: "agent",
    role: "",
    prompt: "do it",
    resumePrompt: "go on",
    followUpEnd: "Go on without it.",
    servers: [],
    resumes: null,
    mode: "default",
    model: null,
    effort: null,
    allowed: [],
    denied: [],
    serverNames: [],
    permissions: "deny",
    workdir: "/w",
    ...changes,
  };
}

import { describe, expect, test } from "bun:test";
import { judgeRequest, type Verdict } from "./judge-request.ts";

const rules = {
  allowed: [] as string[],
  denied: [] as string[],
  serverNames: ["skillmeat-outputs", "tickets", "tickets-archive"],
};

const bash = { _meta: { claudeCode: { toolName: "Bash" } }, name: "Bash", kind: "execute", title: "ls" };
const geminiShell = {
  toolCallId: "run_shell_command__run_shell_command_1795985970130_0",
  kind: "execute",
  title: "ls",
};
const search = { name: "mcp__tickets__search", kind: "other" };
const geminiSearch = { toolCallId: "mcp_tickets_search__mcp_tickets_search_17959_0", kind: "other" };
const archived = { name: "mcp__tickets-archive__search", kind: "other" };

describe("a call", () => {
  const cases: [says: string, call: object, rules: Partial<typeof rules>, verdict: Verdict][] = [
    ["that no rule names", bash, {}, "deny"],
    ["by the tool's name", bash, { allowed: ["Bash"] }, "allow"],
    ["by its kind", bash, { allowed: ["execute"] }, "allow"],
    ["of another agent by Claude's name for the kind", geminiShell, { allowed: ["Bash"] }, "allow"],
    ["by the name that is in its id", geminiShell, { allowed: ["run_shell_command"] }, "allow"],
    ["by a rule for some commands only", bash, { allowed: ["Bash(ls:*)"] }, "deny"],
    ["of another kind", bash, { allowed: ["Read", "edit"] }, "deny"],
    ["that is denied as well", bash, { allowed: ["execute"], denied: ["Bash"] }, "deny"],
    ["that is denied for some commands", bash, { allowed: ["Bash"], denied: ["Bash(rm:*)"] }, "deny"],
    [
      "whose title says the name of an allowed tool",
      { kind: "other", title: "Bash" },
      { allowed: ["Bash"] },
      "deny",
    ],
    ["of a server", search, { allowed: ["mcp__tickets"] }, "allow"],
    ["of a server, as gemini names it", geminiSearch, { allowed: ["mcp__tickets"] }, "allow"],
    ["of a tool of a server", geminiSearch, { allowed: ["mcp__tickets__search"] }, "allow"],
    ["of another tool of the server", search, { allowed: ["mcp__tickets__close"] }, "deny"],
    ["of a server with a longer name", archived, { allowed: ["mcp__tickets"] }, "deny"],
    [
      "that hands in",
      { name: "mcp__skillmeat-outputs__submit_outputs" },
      { denied: ["mcp__skillmeat-outputs"] },
      "allow",
    ],
    ["that hands in with opencode", { name: "skillmeat-outputs_submit_outputs" }, {}, "allow"],
    [
      "of a server, as opencode names it",
      { kind: "other", title: "tickets_search" },
      { allowed: ["mcp__tickets__search"] },
      "allow",
    ],
    [
      "whose title says so, of another kind",
      { kind: "execute", title: "tickets_search" },
      { allowed: ["mcp__tickets"] },
      "deny",
    ],
    [
      "that hands in, as opencode names it",
      { kind: "other", title: "skillmeat-outputs_submit_outputs" },
      {},
      "allow",
    ],
    ["that only says that it hands in", { title: "submit_outputs", kind: "execute" }, {}, "deny"],
  ];
  test.each(cases)("%s", (_, toolCall, changes, verdict) => {
    const judge = (permissions: "deny" | "ask" | "fail") =>
      judgeRequest({ params: { toolCall } }, { ...rules, ...changes, permissions });
    expect(judge("deny")).toBe(verdict);
    expect(judge("fail")).toBe(verdict);
    const isDenied = (changes.denied ?? []).length > 0;
    expect(judge("ask")).toBe(verdict === "deny" && !isDenied ? "ask" : verdict);
  });
});

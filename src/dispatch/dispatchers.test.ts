import { describe, expect, test } from "bun:test";
import { aControl, aStageRequest } from "../testing/a-stage-request.ts";
import { chooseDispatcher } from "./choose-dispatcher.ts";
import type { AgentFile } from "../execution/snapshot.ts";
import { createDispatchers } from "./dispatchers.ts";

const config = { default: "claude-code", agents: new Map([["agent:builder", "codex"]]) };
const builder = aStageRequest("true").request.agent;

function agent(changes: Partial<AgentFile>): AgentFile | null {
  return builder && { ...builder, dispatcher: null, ...changes };
}

describe("which dispatcher does a stage:", () => {
  const cases: [says: string, agent: AgentFile | null, run: string | null, name: string][] = [
    ["the run's, before all", agent({ dispatcher: "command" }), "simulated", "simulated"],
    ["else the agent file's", agent({ dispatcher: "command" }), null, "command"],
    ["else the configuration's for this agent", agent({}), null, "codex"],
    ["also when it is referred to otherwise", agent({ ref: "agent:Builder@1" }), null, "codex"],
    ["else the configuration's default", agent({ ref: "agent:x", name: "x" }), null, "claude-code"],
    ["which holds without a file", null, null, "claude-code"],
  ];
  test.each(cases)("%s", (_, file, run, name) => {
    expect(chooseDispatcher(file, { dispatcher: run }, config)).toBe(name);
  });
});

test("one that this build has not fails for good, and says which there are", async () => {
  const dispatchers = createDispatchers({ now: () => 0, sleep: () => Promise.resolve() }, "/nonexistent");
  const { request } = aStageRequest("true");
  expect(dispatchers("acp").name).toBe("acp");
  expect(dispatchers("command").name).toBe("command");
  expect(dispatchers("simulated").name).toBe("simulated");
  expect(dispatchers("claude-code").name).toBe("claude-code");
  const { error } = await dispatchers("claude-cod").dispatch(request, aControl().control);
  expect(error).toMatchObject({ class: "not_found", retryable: false });
  expect(error?.message).toContain(
    'no dispatcher "claude-cod", only "acp", "claude-code", "codex", "command" and "simulated". did you mean "claude-code"?',
  );
});

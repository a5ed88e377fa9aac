import { describe, expect, test } from "bun:test";
import { appendFileSync } from "node:fs";
import { join } from "node:path";
import { shownText } from "../../execution/shown-text.ts";
import { aPermissionDesk } from "../../testing/a-permission-desk.ts";
import { aControl, aStageRequest } from "../../testing/a-stage-request.ts";
import { bothLaunches } from "../../testing/both-launches.ts";
import { makeFakeAcpAgent } from "../../testing/fake-acp-agent.ts";
import { until } from "../../testing/journey-until.ts";
import { processesWith } from "../../testing/process-table.ts";
import type { MeteredUsage, StageRequest, StageResult } from "../dispatcher.ts";
import { createAcpDispatcher } from "./acp.ts";

const self = [process.execPath, join(import.meta.dir, "../../main.ts")];

/** A request whose agent plays this turn; `more` is further text of its module. */
function lab(play: string, changes: Partial<StageRequest> = {}, more = "") {
  const { folder, request } = aStageRequest("true", changes);
  const agent = makeFakeAcpAgent(folder, `export async function play(agent) { ${play} }\n${more}`);
  const options = { ...request.options, env: { PATH: process.env["PATH"] ?? "", HOME: folder } };
  const file = request.agent && { ...request.agent, command: [agent.path], ...changes.agent };
  const taken = aControl();
  return { folder, agent, taken, control: taken.control, request: { ...request, options, agent: file } };
}

const shown = ({ lines }: ReturnType<typeof aControl>): string[] => lines.map(shownText);
const wanted = {
  outputs: { a: { type: "integer", required: true, description: null } },
  output_schema: { type: "object", properties: { a: { type: "integer" } } },
};
const call = (facts: object): string =>
  JSON.stringify({ toolCallId: "t1", kind: "execute", title: "ls", ...facts });

describe.each(bothLaunches)("an agent under %s", (_, launch) => {
  const dispatcher = createAcpDispatcher({ launch, self });

  async function resultOf({ request, control }: ReturnType<typeof lab>): Promise<StageResult> {
    const result = await dispatcher.dispatch(request, control);
    await dispatcher.sweep(request);
    expect(processesWith(`SKILLMEAT_ATTEMPT_ID=${request.attempt_id}`)).toEqual([]);
    return result;
  }

  test("does a stage: wrong outputs come back to it, right ones are taken", async () => {
    const made = lab(
      `const wrong = await agent.submit({ a: "x" });
       agent.say(wrong.isError + ": " + wrong.text);
       const right = await agent.submit({ a: 3 });
       agent.update({ sessionUpdate: "usage_update", used: 10, size: 100, cost: { amount: 0.02, currency: "USD" } });
       agent.say(" done");
       return { stopReason: "end_turn", usage: { totalTokens: 30, inputTokens: 20, outputTokens: 10 } };`,
      wanted,
      'export const hello = { agentInfo: { name: "played", version: "1.2.3" } };',
    );
    expect(await resultOf(made)).toMatchObject({
      ok: true,
      outputs: { a: 3 },
      text: expect.stringMatching(/^true: [^]*output "a"[^]* done$/),
      usage: { input: 20, output: 10, cost_micro_usd: 20_000, basis: "reported" },
      warnings: [],
    });
    const [hello, session, prompt] = made.agent.told();
    expect(hello).toMatchObject({ method: "initialize" });
    expect(session).toMatchObject({ method: "session/new", params: { cwd: made.folder } });
    expect(JSON.stringify(prompt)).toContain(
      "# Your role\\n\\nYou build.\\n\\nbuild it\\n\\nHand it in by calling",
    );
    expect(shown(made.taken)[0]).toBe("played 1.2.3 begins");
    expect(made.taken.lines.filter(({ stream }) => stream !== "agent")).toEqual([]);
  });

  test("without outputs to hand in gets no server", async () => {
    const made = lab('agent.say("Hello"); return "end_turn";');
    expect(await resultOf(made)).toMatchObject({ ok: true, text: "Hello" });
    expect(made.agent.told()[1]).toMatchObject({ params: { mcpServers: [] } });
  });

  const failures: [
    says: string,
    play: string,
    error: object,
    more?: string,
    changes?: Partial<StageRequest>,
  ][] = [
    ["declines", 'return "refusal";', { class: "refused", retryable: false }],
    ["has used up its tokens", 'return "max_tokens";', { class: "budget", retryable: false }],
    ["has used up its turns", 'return "max_turn_requests";', { class: "budget", retryable: false }],
    ["cancels its own turn", 'return "cancelled";', { class: "cancelled" }],
    [
      "ends in its own way",
      'return "tired";',
      { class: "agent_error", message: expect.stringContaining('"tired"') },
    ],
    ["ends", "process.exit(3);", { class: "agent_error", message: expect.stringContaining("exit code 3") }],
    [
      "says why it ends",
      'console.error("no disk"); process.exit(3);',
      { class: "agent_error", message: expect.stringContaining("no disk") },
    ],
    ["hands in nothing", 'return "end_turn";', { class: "output_contract" }, "", wanted],
    [
      "is not logged in",
      "",
      { class: "auth_failure", retryable: false },
      'export const answer = (method) => method === "session/new" ? { error: { code: -32000, message: "Authentication required" } } : undefined;',
    ],
    ["is asked too often", "throw { code: 429, message: 'slow down' };", { class: "rate_limited" }],
    ["meets a broken API", 'throw new Error("HTTP 500");', { class: "agent_error" }],
    [
      "speaks another version",
      "",
      { class: "invalid_request", message: expect.stringContaining("version 2") },
      "export const hello = { protocolVersion: 2 };",
    ],
  ];
  test.each(failures)("that %s fails", async (_says, play, error, more = "", changes = {}) => {
    expect(await resultOf(lab(play, changes, more))).toMatchObject({ ok: false, error });
  });

  test("that asks for what no rule allows goes on without it, and says what that was", async () => {
    const made = lab(`agent.say(await agent.ask(${call({})})); return "end_turn";`);
    expect(await resultOf(made)).toMatchObject({
      ok: true,
      text: "no",
      denials: { calls: [{ tool: "execute", title: "ls" }], count: 1 },
    });
  });

  test("that ends its turn at a rejection is told to go on, and hands in", async () => {
    const made = lab(
      `if (!agent.prompt.includes("was rejected")) { await agent.ask(${call({})}); return "end_turn"; }
       await agent.submit({ a: 5 }); agent.say("without it"); return "end_turn";`,
      wanted,
    );
    const result = await resultOf(made);
    expect(result).toMatchObject({ ok: true, outputs: { a: 5 }, text: "without it", denials: { count: 1 } });
    expect(JSON.stringify(made.agent.told().at(-1))).toContain("Go on without it, and finish the task");
  });

  test("that asks for what a rule allows gets it once, without anybody being asked", async () => {
    const made = lab(`agent.say(await agent.ask(${call({})})); return "end_turn";`, { tools: ["Bash"] });
    const result = await resultOf(made);
    expect(result).toMatchObject({ ok: true, text: "yes" });
    expect(result.denials).toBeUndefined();
  });

  test("that asks people waits for them, and does what they decide", async () => {
    const made = lab(
      `const one = await agent.ask(${call({})}); agent.say(one + await agent.ask(${call({ toolCallId: "t2" })})); return "end_turn";`,
      { permissions: "ask" },
    );
    const desk = aPermissionDesk();
    const running = dispatcher.dispatch(made.request, { ...made.control, permissions: desk });
    await until("it asks", () => desk.asked.length === 1);
    desk.answer({ id: "0", allows: true, message: null });
    await until("it asks again", () => desk.asked.length === 2);
    desk.answer({ id: "1", allows: false, message: null });
    expect(await running).toMatchObject({ ok: true, text: "yesno" });
    await dispatcher.sweep(made.request);
  });

  test("is followed by the next engine, which knows what is open and says the rest", async () => {
    const made = lab(
      `const one = await agent.ask(${call({})}); agent.say(one + await agent.ask(${call({ toolCallId: "t2" })})); return "end_turn";`,
      { permissions: "ask" },
    );
    const desk = aPermissionDesk();
    void dispatcher.dispatch(made.request, { ...made.control, permissions: desk }).catch(() => {});
    await until("it asks", () => desk.asked.length === 1);
    desk.answer({ id: "0", allows: true, message: null });
    await until("it asks again", () => desk.asked.length === 2);
    desk.isDead = true;
    const next = aPermissionDesk([{ id: "0", allows: true, message: null }]);
    const again = createAcpDispatcher({ launch, self }).readopt(made.request, {
      ...aControl().control,
      permissions: next,
    });
    await until("it knows both", () => next.asked.length === 2);
    next.answer({ id: "1", allows: false, message: null });
    expect(await again).toMatchObject({ ok: true, text: "yesno" });
    expect(made.agent.told()).toHaveLength(5);
    await dispatcher.sweep(made.request);
  });

  test("is told the rest of a message of which an engine that died has written half", async () => {
    const made = lab(`agent.say(await agent.ask(${call({})})); return "end_turn";`, { permissions: "ask" });
    const desk = aPermissionDesk();
    void dispatcher.dispatch(made.request, { ...made.control, permissions: desk }).catch(() => {});
    await until("it asks", () => desk.asked.length === 1);
    desk.isDead = true;
    appendFileSync(join(made.request.attempt_dir, "in.jsonl"), '{"jsonrpc":"2.0","id":0,"res');
    const next = aPermissionDesk([{ id: "0", allows: true, message: null }]);
    const again = createAcpDispatcher({ launch, self }).readopt(made.request, {
      ...aControl().control,
      permissions: next,
    });
    expect(await again).toMatchObject({ ok: true, text: "yes" });
    expect(made.agent.told()).toHaveLength(4);
    await dispatcher.sweep(made.request);
  });

  test("that is stopped is told to end its turn, and what it has used counts", async () => {
    const made = lab(
      `agent.update({ sessionUpdate: "usage_update", used: 1, size: 9, cost: { amount: 0.5, currency: "USD" } });
       agent.say("begun"); await agent.ask(${call({})}, []); await agent.file("never");`,
    );
    const told: MeteredUsage[] = [];
    const spend = (metered: MeteredUsage): void => void told.push(metered);
    const running = dispatcher.dispatch(made.request, { ...made.control, spend });
    await until("it works and has told its cost", () => made.agent.told().length === 4 && told.length > 0);
    expect(told).toMatchObject([{ usage: { cost_micro_usd: 500_000 } }]);
    made.taken.stop();
    expect(await running).toMatchObject({
      ok: false,
      error: { class: "cancelled" },
      usage: { cost_micro_usd: 500_000 },
    });
    expect(made.agent.told().at(-1)).toMatchObject({ method: "session/cancel" });
    await dispatcher.sweep(made.request);
    expect(processesWith(`SKILLMEAT_ATTEMPT_ID=${made.request.attempt_id}`)).toEqual([]);
  });

  const waysBack: [how: string, hello: string][] = [
    ["loads", "{ loadSession: true }"],
    ["resumes", "{ loadSession: true, sessionCapabilities: { resume: {} } }"],
  ];
  test.each(waysBack)(
    "that is gone goes on with its session where it %s one, and its cost is charged once",
    async (how, capabilities) => {
      const cost = (
        amount: number,
      ): string => `agent.update({ sessionUpdate: "usage_update", used: 1, size: 9,
      cost: { amount: ${amount}, currency: "USD" } });`;
      const made = lab(
        `${cost(0.75)} if (agent.session.how === "new") { agent.say("begun"); await agent.submit({ a: 3 }); process.kill(process.ppid, "SIGKILL"); process.exit(1); }
       agent.say(agent.session.how + ": " + agent.prompt); return "end_turn";`,
        wanted,
        `export const hello = { agentCapabilities: ${capabilities} };`,
      );
      await dispatcher.dispatch(made.request, made.control);
      const taken = aControl();
      const charged = { input: 0, cache_read: 0, cache_write: 0, output: 0, cost_micro_usd: 500_000 };
      const request = { ...made.request, charged: { ...charged, basis: "reported" as const } };
      const result = await dispatcher.dispatch(request, taken.control);
      expect(result).toMatchObject({ ok: true, outputs: { a: 3 }, usage: { cost_micro_usd: 250_000 } });
      expect(result.text).toStartWith(`${how.slice(0, -1)}: You were interrupted`);
      expect(shown(taken).filter((text) => text === "begun")).toEqual([]);
      expect(shown(taken)[0]).toContain("goes on with its session");
      await dispatcher.sweep(made.request);
    },
  );
});

describe("without an agent that can be used", () => {
  const dispatcher = createAcpDispatcher({ configured: ["/nonexistent/agent", "--acp"] });
  const plain = createAcpDispatcher();

  test("an attempt fails for good and says what to write", async () => {
    const { request, control } = lab("");
    const agent = request.agent && { ...request.agent, command: null };
    const { error } = await plain.dispatch({ ...request, agent }, control);
    expect(error).toMatchObject({ class: "invalid_request", retryable: false });
    expect(error?.message).toContain('add command: ["gemini", "--acp"]');
    const configured = await dispatcher.dispatch({ ...request, agent }, control);
    expect(configured.error).toMatchObject({ class: "not_found", retryable: false });
    expect(configured.error?.message).toContain('/nonexistent/agent, which "command" of config.toml names');
  });

  test("a mode that would allow everything is refused", async () => {
    const { request, control } = lab("");
    const agent = request.agent && { ...request.agent, settings: { permissionMode: "bypassPermissions" } };
    const { error } = await plain.dispatch({ ...request, agent }, control);
    expect(error).toMatchObject({ class: "invalid_request", retryable: false });
  });
});

import { describe, expect, test } from "bun:test";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { shownText } from "../../execution/shown-text.ts";
import { aPermissionDesk } from "../../testing/a-permission-desk.ts";
import { aControl, aStageRequest } from "../../testing/a-stage-request.ts";
import { askingThread, makeAskingCodex } from "../../testing/asking-codex.ts";
import { bothLaunches } from "../../testing/both-launches.ts";
import type { FakeProgram } from "../../testing/fake-program.ts";
import { until } from "../../testing/journey-until.ts";
import type { StageRequest } from "../dispatcher.ts";
import { createCodexDispatcher } from "./codex.ts";

interface Lab {
  codex: FakeProgram;
  request: StageRequest;
  told(): Record<string, unknown>[];
}

const output_schema = {
  type: "object",
  properties: { a: { type: "integer" } },
  required: ["a"],
  additionalProperties: false,
};

/** A stage for whose permissions people are asked. */
function lab(script: string, changes: Partial<StageRequest> = {}, opens?: string): Lab {
  const { folder, request } = aStageRequest("true", { tools: [], permissions: "ask", ...changes });
  const codex = makeAskingCodex(folder, script, opens);
  const env = { PATH: `${codex.bin}:${process.env["PATH"]}`, HOME: folder };
  return {
    codex,
    request: { ...request, options: { ...request.options, env } },
    told: () =>
      codex
        .stdin()
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line)),
  };
}

/** codex has kept its thread. */
function keepThread({ request }: Lab): void {
  const folder = join(request.options.env["HOME"] ?? "", ".codex/sessions/2026/12/01");
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, `rollout-2026-12-01T05-14-55-${askingThread}.jsonl`), "");
}

const asksTwice = `ask 0 "touch /made"; if allowed; then one=yes; else one=no; fi
ask 1 "rm /made"; if allowed; then two=yes; else two=no; fi
finish "$one$two"`;

describe.each(bothLaunches)("a codex that is talked to under %s", (_, launch) => {
  const dispatcher = createCodexDispatcher(launch);

  test("is told its role, sandbox, task and schema, one after the other, and hands in its outputs", async () => {
    const made = lab(`use 500; finish '{\\"a\\": 5}'`, {
      output_schema,
      model: "gpt-5.1",
      is_model_named: true,
    });
    const taken = aControl();
    const result = await dispatcher.dispatch(made.request, taken.control);
    expect(result).toMatchObject({
      ok: true,
      outputs: { a: 5 },
      usage: { input: 400, cache_read: 100, output: 7 },
    });
    const thread = {
      model: "gpt-5.1",
      approvalPolicy: "on-request",
      sandbox: "workspace-write",
      developerInstructions: "You build.",
    };
    const turn = {
      threadId: askingThread,
      input: [{ type: "text", text: "build it" }],
      outputSchema: output_schema,
    };
    expect(made.told()).toMatchObject([
      { id: 1, method: "initialize" },
      { method: "initialized" },
      { id: 2, method: "thread/start", params: thread },
      { id: 4, method: "turn/start", params: turn },
    ]);
    expect(made.codex.calls()).toEqual([["app-server"]]);
    expect(taken.lines.map(shownText)).toContain(`codex works in the thread ${askingThread}`);
    await dispatcher.sweep(made.request);
  });

  test("asks people, does what they allow and goes on without the rest", async () => {
    const made = lab(asksTwice);
    const desk = aPermissionDesk();
    const running = dispatcher.dispatch(made.request, { ...aControl().control, permissions: desk });
    await until("it asks", () => desk.asked.length === 1);
    expect(desk.asked[0]).toMatchObject({
      id: "0",
      tool: "shell",
      title: "touch /made",
      input: { command: "touch /made" },
      reason: "need it",
    });
    desk.answer({ id: "0", allows: true, message: null });
    await until("it asks again", () => desk.asked.length === 2);
    desk.answer({ id: "1", allows: false, message: null });
    expect(await running).toMatchObject({ ok: true, text: "yesno" });
    expect(desk.withdrawn).toEqual([]);
    expect(dispatcher.answered?.(made.request)).toEqual(["0", "1"]);
    await dispatcher.sweep(made.request);
  });

  test("is told what people say with a rejection, in the same turn", async () => {
    const made = lab('ask 0 "touch /made"; hear; finish done');
    const desk = aPermissionDesk([{ id: "0", allows: false, message: "not there" }]);
    expect(
      await dispatcher.dispatch(made.request, { ...aControl().control, permissions: desk }),
    ).toMatchObject({
      ok: true,
    });
    expect(made.told().slice(4)).toEqual([
      { id: 0, result: { decision: "decline" } },
      {
        id: "steer-0",
        method: "turn/steer",
        params: {
          threadId: askingThread,
          expectedTurnId: "u",
          input: [{ type: "text", text: "This was rejected: not there" }],
        },
      },
    ]);
    await dispatcher.sweep(made.request);
  });

  test("is followed by the next engine, which knows what is open and says the rest once", async () => {
    const made = lab(asksTwice);
    const desk = aPermissionDesk();
    void dispatcher.dispatch(made.request, { ...aControl().control, permissions: desk }).catch(() => {});
    await until("it asks", () => desk.asked.length === 1);
    desk.answer({ id: "0", allows: true, message: null });
    await until("it asks again", () => desk.asked.length === 2);
    desk.isDead = true;
    const next = aPermissionDesk([{ id: "0", allows: true, message: null }]);
    const again = createCodexDispatcher(launch).readopt(made.request, {
      ...aControl().control,
      permissions: next,
    });
    await until("it knows both", () => next.asked.length === 2);
    next.answer({ id: "1", allows: false, message: null });
    expect(await again).toMatchObject({ ok: true, text: "yesno" });
    expect(made.told()).toHaveLength(6);
    await dispatcher.sweep(made.request);
  });

  test("that is stopped is told to end its turn; what it asked for stays open, and its tokens count", async () => {
    const made = lab('use 500; request 0 "touch /made"; hear; resolve 0; end interrupted');
    const [desk, taken] = [aPermissionDesk(), aControl()];
    const running = dispatcher.dispatch(made.request, { ...taken.control, permissions: desk });
    await until("it asks", () => desk.asked.length === 1);
    taken.stop();
    expect(await running).toMatchObject({ ok: false, error: { class: "cancelled" }, usage: { input: 400 } });
    expect(made.told().at(-1)).toEqual({
      id: 5,
      method: "turn/interrupt",
      params: { threadId: askingThread, turnId: "u" },
    });
    expect(desk.withdrawn).toEqual([]);
    await dispatcher.sweep(made.request);
  });

  const session = { id: askingThread, dispatcher: "codex", end: "timeout", charged: null } as const;

  test("goes on with an earlier thread", async () => {
    const made = lab("finish done", { session });
    keepThread(made);
    expect(await dispatcher.dispatch(made.request, aControl().control)).toMatchObject({ ok: true });
    expect(made.told().slice(2)).toMatchObject([
      { method: "thread/resume", params: { threadId: askingThread, approvalPolicy: "on-request" } },
      { method: "turn/start", params: { input: [{ text: expect.stringContaining("was used up") }] } },
    ]);
    await dispatcher.sweep(made.request);
  });

  test("that cannot go on with a thread begins anew, and says so", async () => {
    const refuses = `say '{"id":2,"error":{"code":-32600,"message":"no rollout found"}}'; hear; open 3`;
    const made = lab("finish done", { session }, refuses);
    keepThread(made);
    const taken = aControl();
    expect(await dispatcher.dispatch(made.request, taken.control)).toMatchObject({ ok: true });
    expect(made.told().slice(3)).toMatchObject([
      { id: 3, method: "thread/start" },
      { method: "turn/start", params: { input: [{ text: "build it" }] } },
    ]);
    expect(taken.lines.map(shownText)).toContain(
      "warning: codex cannot go on with its thread and begins anew",
    );
    await dispatcher.sweep(made.request);
  });

  test("that refuses a thread fails with its reason", async () => {
    const refuses = `say '{"id":2,"error":{"code":-32600,"message":"You have hit your usage limit."}}'; while read -r x; do :; done; exit 0`;
    const made = lab("finish done", {}, refuses);
    expect(await dispatcher.dispatch(made.request, aControl().control)).toMatchObject({
      ok: false,
      error: { class: "rate_limited" },
    });
    await dispatcher.sweep(made.request);
  });

  test("is answered whatever else it asks", async () => {
    const question = `say '{"method":"mcpServer/elicitation/request","id":7,"params":{"serverName":"x","_meta":null}}'; hear`;
    const foreign = `say '{"method":"item/tool/call","id":8,"params":{}}'; hear`;
    const made = lab(`${question}; ${foreign}; finish done`);
    const desk = aPermissionDesk();
    await dispatcher.dispatch(made.request, { ...aControl().control, permissions: desk });
    expect(made.told().slice(4)).toMatchObject([
      { id: 7, result: { action: "decline" } },
      { id: 8, error: { code: -32601 } },
    ]);
    expect(desk.asked).toEqual([]);
    await dispatcher.sweep(made.request);
  });

  test("tells which MCP server did not start", async () => {
    const status = '"name":"tiny","status":"failed","error":"No such file or directory"';
    const made = lab(
      `say '{"method":"mcpServer/startupStatus/updated","params":{${status},'"$about"'}}'; finish done`,
    );
    const { ok, warnings } = await dispatcher.dispatch(made.request, aControl().control);
    expect({ ok, warnings }).toEqual({ ok: true, warnings: ['the MCP server "tiny" did not start'] });
    await dispatcher.sweep(made.request);
  });

  test("asks for a change of files, which it has told before", async () => {
    const change = '{"path":"/etc/x","kind":{"type":"add"},"diff":"+x"}';
    const item = `{"type":"fileChange","id":"c","changes":[${change}],"status":"inProgress"}`;
    const asks = [
      `say '{"method":"item/started","params":{"item":${item},'"$about"'}}'`,
      `say '{"method":"item/fileChange/requestApproval","id":0,"params":{"itemId":"c",'"$about"'}}'`,
    ];
    const made = lab(`${asks.join("; ")}; hear; finish done`);
    const desk = aPermissionDesk([{ id: "0", allows: true, message: null }]);
    await dispatcher.dispatch(made.request, { ...aControl().control, permissions: desk });
    expect(desk.asked).toMatchObject([{ tool: "apply_patch", title: "add /etc/x" }]);
    expect(made.told().at(-1)).toEqual({ id: 0, result: { decision: "accept" } });
    await dispatcher.sweep(made.request);
  });

  test("asks for a tool of an MCP server that no rule allows", async () => {
    const meta = '"_meta":{"codex_approval_kind":"mcp_tool_call","tool_name":"look","tool_params":{"q":1}}';
    const made = lab(
      `say '{"method":"mcpServer/elicitation/request","id":0,"params":{"serverName":"docs",${meta}}}'; hear; finish done`,
    );
    const desk = aPermissionDesk([{ id: "0", allows: true, message: null }]);
    await dispatcher.dispatch(made.request, { ...aControl().control, permissions: desk });
    expect(desk.asked).toMatchObject([{ tool: "docs.look", input: { q: 1 } }]);
    expect(made.told().at(-1)).toEqual({ id: 0, result: { action: "accept", content: {} } });
    await dispatcher.sweep(made.request);
  });
});

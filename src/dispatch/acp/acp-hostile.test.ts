import { afterAll, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { createMasks } from "../../execution/masks.ts";
import type { AcpPlan } from "./acp-plan.ts";
import { openAcpReader } from "./acp-reader.ts";
import { acpResult } from "./acp-result.ts";
import { initializeMessage } from "./acp-messages.ts";

/** An agent may print anything: it is read to its end, and its attempt has a result. */

const folder = mkdtempSync(join(tmpdir(), "skillmeat-acp-hostile-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const plan: AcpPlan = {
  program: "agent",
  role: "r",
  prompt: "do it",
  resumePrompt: "go on",
  followUpEnd: "Go on.",
  servers: [],
  resumes: "old",
  mode: "default",
  model: "m",
  effort: "high",
  allowed: ["Bash"],
  denied: [],
  serverNames: ["s"],
  permissions: "ask",
};
writeFileSync(join(folder, "acp.json"), JSON.stringify(plan));
writeFileSync(join(folder, "workdir"), "/w");

/** Plays the engine's part for these lines, and gives the attempt's result. */
function survive(lines: readonly string[]) {
  const reader = openAcpReader(createMasks(), { attempt_dir: folder, charged: null });
  reader.talk.hearOwn(initializeMessage());
  const answers = [{ id: "0", allows: true, message: null }];
  for (const line of lines) {
    const bytes = Buffer.from(line);
    const { texts } = reader.hear("stdout", bytes, bytes.length);
    for (const text of texts) expect(text.length).toBeLessThanOrEqual(64 * 1024);
    reader.talk.take();
    for (const message of reader.talk.owed(answers)) {
      expect(JSON.parse(message)).toMatchObject({ jsonrpc: "2.0" });
      reader.talk.hearOwn(message);
    }
    void reader.talk.isOver;
  }
  return acpResult({ reader, status: 0, attemptDir: folder, wantsOutputs: false, hide: (text) => text });
}

const hello = '{"id":0,"result":{"protocolVersion":1,"agentCapabilities":{"loadSession":true}}}';
const loaded = '{"id":1,"result":{}}';

describe("an agent that prints", () => {
  const cases: [says: string, lines: string[], errorClass: string | undefined][] = [
    ["nothing", [], "agent_error"],
    ["garbage", ["what?", "{", "[]", "null", '"x"', "{}"], "agent_error"],
    ["an answer without a result", ['{"id":0}'], "invalid_request"],
    ["answers to what was not asked", ['{"id":77,"result":{}}', '{"id":"0","result":{}}'], "agent_error"],
    ["results that are no objects", ['{"id":0,"result":7}', '{"id":1,"result":"x"}'], "invalid_request"],
    ["an error without words", ['{"id":0,"error":{}}'], "agent_error"],
    [
      "a session with an odd id",
      [hello, '{"id":1,"error":{"code":1}}', '{"id":6,"result":{"sessionId":7}}'],
      "agent_error",
    ],
    [
      "updates without content",
      [
        hello,
        loaded,
        '{"method":"session/update"}',
        '{"method":"session/update","params":{"update":{"sessionUpdate":7}}}',
      ],
      "agent_error",
    ],
    [
      "a request without a call",
      [hello, loaded, '{"id":0,"method":"session/request_permission"}'],
      "agent_error",
    ],
    [
      "a result twice",
      [
        hello,
        loaded,
        '{"id":2,"result":{"stopReason":"end_turn"}}',
        '{"id":2,"result":{"stopReason":"refusal"}}',
      ],
      undefined,
    ],
    [
      "requests of one id",
      [hello, loaded, ...Array.from({ length: 3 }, () => '{"id":0,"method":"fs/x"}')],
      "agent_error",
    ],
  ];
  test.each(cases)("%s", (_, lines, errorClass) => {
    expect(survive(lines).error?.class).toBe(errorClass as string);
  });

  const words = fc.constantFrom(
    ..."jsonrpc id method params result error code message data update content sessionUpdate toolCall".split(
      " ",
    ),
    ..."toolCallId options kind title rawInput status usage _meta modes availableModes configOptions".split(
      " ",
    ),
    ..."category value stopReason sessionId cost amount".split(" "),
  );
  const values = fc.oneof(
    fc.constantFrom(
      ..."session/update session/request_permission agent_message_chunk tool_call tool_call_update".split(
        " ",
      ),
      ..."usage_update plan notice end_turn completed allow_once reject_once execute USD __proto__".split(
        " ",
      ),
    ),
    fc.constantFrom<unknown>(0, 1, 2, 3, 100, -32000, 429, 1e300, null, true, "", [], {}),
  );
  const { message } = fc.letrec<{ value: unknown; message: Record<string, unknown> }>((tie) => ({
    value: fc.oneof({ depthSize: "small" }, values, fc.array(tie("value"), { maxLength: 3 }), tie("message")),
    message: fc.dictionary(words, tie("value"), { maxKeys: 6 }),
  }));

  test("any messages at all has a result", () => {
    fc.assert(
      fc.property(fc.array(message, { maxLength: 12 }), fc.boolean(), (messages, isOpen) => {
        const lines = messages.map((each) => JSON.stringify(each));
        const { ok, error } = survive(isOpen ? [hello, loaded, ...lines] : lines);
        expect(ok).toBe(error === undefined);
      }),
      { numRuns: 1000 },
    );
  });
});

import { describe, expect, test } from "bun:test";
import { codexResult, type CodexEnd } from "./codex-result.ts";

const schema = {
  type: "object",
  properties: { a: { type: "integer" }, note: { type: "string" } },
  required: ["a"],
};

function resultOf(reader: Partial<CodexEnd["reader"]>, given: Partial<CodexEnd> = {}) {
  const silent = {
    turn: null,
    lastText: null,
    lastError: null,
    servers: { failure: null, denials: { calls: [], count: 0 } },
    usage: () => null,
    warnings: [],
    complaint: null,
    unknownOption: null,
  };
  return codexResult({
    reader: { ...silent, ...reader },
    status: 1,
    program: null,
    model: "gpt-5-codex",
    schema: {},
    hide: (text) => text,
    ...given,
  });
}

describe("the sentence with which a turn fails means one class:", () => {
  const cases: [message: string, errorClass: string, mayRetry: boolean][] = [
    ["unexpected status 401 Unauthorized: bad key, url: http://x/v1/responses", "auth_failure", false],
    ["unexpected status 403 Forbidden: no", "auth_failure", false],
    [
      "Your access token could not be refreshed because it was revoked. Please log out and sign in again.",
      "auth_failure",
      false,
    ],
    ["To use Codex with your ChatGPT plan, upgrade to Plus: https://x.", "auth_failure", false],
    ["exceeded retry limit, last status: 429 Too Many Requests", "rate_limited", true],
    ["You've hit your usage limit. Try again at 3:05 PM.", "rate_limited", true],
    ["Selected model is at capacity. Please try a different model.", "rate_limited", true],
    ["Quota exceeded. Check your plan and billing details.", "budget", false],
    ["Your workspace is out of credits. Add credits to continue.", "budget", false],
    ["You hit your spend cap set in your workspace.", "budget", false],
    ["This content was flagged for possible cybersecurity risk.", "refused", false],
    ["Incomplete response returned, reason: content_filter", "refused", false],
    ["Codex ran out of room in the model's context window. Start a new thread.", "invalid_request", false],
    ["unexpected status 404 Not Found: no such model", "invalid_request", false],
    ['{"error":{"message":"bad schema","type":"invalid_request_error"}}', "invalid_request", false],
    ['{"detail":"The \'x\' model is not supported"}', "invalid_request", false],
    ['{"error":{"message":"Your prompt was flagged as a violation of our usage policy"}}', "refused", false],
    ["unexpected status 500 Internal Server Error: oops", "agent_error", true],
    ["stream disconnected before completion: closed", "agent_error", true],
    ["", "agent_error", true],
  ];
  test.each(cases)("%p is %s", (message, errorClass, mayRetry) => {
    const { ok, error } = resultOf({ turn: { isCompleted: false, message } });
    expect({ ok, class: error?.class, mayRetry: error?.retryable !== false }).toEqual({
      ok: false,
      class: errorClass,
      mayRetry,
    });
    expect(error?.message).not.toMatch(/^\{|^$/);
  });
});

describe("a codex that ends before its turn does", () => {
  const cases: [says: string, complaint: string | null, errorClass: string, message: string | RegExp][] = [
    ["nothing", null, "agent_error", "exit code 1 and before its turn ended"],
    ["why on stderr", "Error: no disk", "agent_error", "Error: no disk"],
    ["only that it reads", "Reading prompt from stdin...", "agent_error", /before its turn ended$/],
    ["only a warning", "WARNING: proceeding, even though", "agent_error", /before its turn ended$/],
    [
      "that it cannot read its settings",
      "Error: error loading config: config.toml:1:1: unknown variant `huge`",
      "invalid_request",
      "correct its config.toml",
    ],
  ];
  test.each(cases)("and says %s fails", (_, complaint, errorClass, message) => {
    const { ok, error } = resultOf({ complaint });
    expect(ok).toBe(false);
    expect(error?.class).toBe(errorClass);
    expect(error).toMatchObject({
      message:
        typeof message === "string" ? expect.stringContaining(message) : expect.stringMatching(message),
    });
  });

  test("because of an option, with a version that nobody has noted down, names the least one", () => {
    const { error } = resultOf({ unknownOption: "error: unexpected argument '--json' found" });
    expect(error).toEqual({
      class: "invalid_request",
      message:
        "codex does not know an option that skillmeat gave it: error: unexpected argument '--json' found. " +
        'at least 0.169.0 is needed. run "npm install -g @openai/codex@latest", or put another codex first in PATH',
      retryable: false,
    });
  });

  test("fails for the error that it told last", () => {
    const lastError = "unexpected status 401 Unauthorized: bad key";
    expect(resultOf({ lastError }).error?.class).toBe("auth_failure");
  });
});

test("tokens of a model that codex chose itself are told as those of codex", () => {
  const usage = {
    input: 7,
    cache_read: 3,
    cache_write: 0,
    output: 1,
    cost_micro_usd: 0,
    basis: "unknown",
  } as const;
  const reader = { turn: { isCompleted: true }, usage: () => usage } as const;
  expect(resultOf(reader).unpriced).toBeUndefined();
  const { cost_micro_usd: _cost, basis: _basis, ...tokens } = usage;
  expect(resultOf(reader, { model: null }).unpriced).toEqual([{ model: "codex", ...tokens }]);
});

describe("the last message of a completed turn", () => {
  const completed = { isCompleted: true } as const;
  const texts: [says: string, text: string, outputs: object][] = [
    ["is the outputs", '{"a": 5, "note": "x"}', { a: 5, note: "x" }],
    ["has them in its last code block", 'Done:\n```json\n{"a": 1}\n```\nor\n```\n{"a": 5}\n```\n', { a: 5 }],
    ["has null for an output that may be missing", '{"a": 5, "note": null}', { a: 5 }],
    ["has null for one that may not, which the engine refuses", '{"a": null}', { a: null }],
    [
      "has a name that JavaScript knows",
      '{"a": 5, "__proto__": {"b": 1}}',
      JSON.parse('{"a":5,"__proto__":{"b":1}}'),
    ],
  ];
  test.each(texts)("%s", (_, lastText, outputs) => {
    const result = resultOf({ turn: completed, lastText }, { schema, status: 0 });
    expect(JSON.stringify(result)).toBe(JSON.stringify({ ok: true, outputs, exit_code: 0, warnings: [] }));
  });

  test.each([null, "I could not do it.", "[1]", "7", "```json\n{\n```"])(
    "%p hands nothing in",
    (lastText) => {
      const { ok, error, outputs } = resultOf({ turn: completed, lastText }, { schema, status: 0 });
      expect({ ok, class: error?.class, outputs }).toEqual({
        ok: false,
        class: "output_contract",
        outputs: undefined,
      });
    },
  );

  test("is the text of a stage without outputs, even if it looks like some", () => {
    const result = resultOf({ turn: completed, lastText: '{"a": 5}' }, { status: 0 });
    expect(result).toEqual({ ok: true, text: '{"a": 5}', exit_code: 0, warnings: [] });
  });

  test("is hidden before it is cut", () => {
    const lastText = `${"x".repeat(190)}swordfish`;
    const hide = (text: string): string => text.replaceAll("swordfish", "***");
    const { error } = resultOf({ turn: completed, lastText }, { schema, hide });
    expect(error?.message).toContain("***");
    expect(error?.message).not.toContain("sword");
  });
});

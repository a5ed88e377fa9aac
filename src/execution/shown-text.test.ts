import { describe, expect, test } from "bun:test";
import { shownText } from "./shown-text.ts";
import type { TranscriptEvent } from "./transcript.ts";

describe("an event of a transcript is shown as", () => {
  const cases: [shown: string, event: TranscriptEvent][] = [
    ["I am done. Look.", { kind: "message", text: "I am done.\n\n  Look.\n" }],
    ["sub-agent: hm", { kind: "message", text: "hm", parent: "call-1" }],
    ["thinking: why", { kind: "thinking", text: "why" }],
    [
      "Bash: git log",
      {
        kind: "tool_call",
        name: "Bash",
        tool: "run",
        title: "git log",
        input: { command: "git log" },
        files: [],
      },
    ],
    ["result: 3 files", { kind: "tool_result", ok: true, text: "3 files" }],
    ["failed: no such file", { kind: "tool_result", ok: false, text: "no such file", exit_code: 1 }],
    [
      "plan: read (completed); write (pending)",
      {
        kind: "plan",
        entries: [
          { text: "read", status: "completed" },
          { text: "write", status: "pending" },
        ],
      },
    ],
    [
      "used 1150 tokens in, 40 out, $0.001306",
      { kind: "usage", input: 100, cache_read: 1000, cache_write: 50, output: 40, cost_micro_usd: 1306 },
    ],
    ["used 1 tokens in, 0 out", { kind: "usage", input: 1, cache_read: 0, cache_write: 0, output: 0 }],
    [
      "asks for permission: rm -r build",
      { kind: "permission_request", call: "c", title: "rm -r build", input: {} },
    ],
    ["begun", { kind: "notice", level: "info", text: "begun" }],
    ["warning: slow", { kind: "notice", level: "warning", code: "slow", text: "slow" }],
  ];
  test.each(cases)("%s", (shown, event) => {
    expect(shownText({ stream: "agent", text: JSON.stringify(event) })).toBe(shown);
  });
});

test.each(["", "{", "null", "7", '{"kind":"dream"}', '{"kind":"message"}', '{"kind":"plan","entries":3}'])(
  "the line %p of a transcript is shown as one that cannot be read",
  (text) => expect(shownText({ stream: "agent", text })).toBe("what the agent did here cannot be read"),
);

test("a line of any other stream is shown as it is", () => {
  const text = '{"kind":"message","text":"hi"}';
  expect(shownText({ stream: "stdout", text })).toBe(text);
});

import { expect, test } from "bun:test";
import type { LogStream } from "../../execution/event.ts";
import type { TranscriptEvent } from "../../execution/transcript.ts";
import { aNewExecution, anEvent } from "../../testing/an-execution.ts";
import { followRows } from "./execution-rows.ts";

const message: TranscriptEvent = { kind: "message", text: "Two files\nare left." };
const call: TranscriptEvent = {
  kind: "tool_call",
  name: "Bash",
  tool: "run",
  title: "npm test",
  input: {},
  files: [],
};
const usage: TranscriptEvent = { kind: "usage", input: 1, cache_read: 0, cache_write: 0, output: 2 };

test.each<[string, [LogStream, string | TranscriptEvent][], string]>([
  [
    "the newest line of a program",
    [
      ["stdout", "one"],
      ["stderr", "two"],
    ],
    "two",
  ],
  [
    "what an agent has said last, in words",
    [
      ["agent", call],
      ["agent", message],
    ],
    "Two files are left.",
  ],
  [
    "the call that an agent waits for",
    [
      ["agent", message],
      ["agent", call],
    ],
    "Bash: npm test",
  ],
  [
    "nothing of what an agent has used",
    [
      ["agent", message],
      ["agent", usage],
    ],
    "Two files are left.",
  ],
])("a row of the live table shows %s", (_name, lines, says) => {
  const { steps, execution } = aNewExecution({ stages: 1 });
  const table = followRows(steps.map(({ record }) => record));
  for (const [at, [stream, given]] of lines.entries()) {
    const text = typeof given === "string" ? given : JSON.stringify(given);
    const data = { stream, text, line: at + 1 };
    const line = { type: "log_line", stage_id: "stage-0", attempt: 1, data } as const;
    table.apply(anEvent(execution.record.run_id, at + 2, line));
  }
  expect(table.rows().map((row) => row.says)).toEqual([says]);
});

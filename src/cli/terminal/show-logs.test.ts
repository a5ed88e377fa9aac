import { expect, test } from "bun:test";
import type { TranscriptEvent } from "../../execution/transcript.ts";
import { openStore } from "../../store/database.ts";
import { getExecution } from "../../store/executions.ts";
import { registerHolder } from "../../store/leases.ts";
import { commitTransitions } from "../../store/transitions.ts";
import { aNewExecution, anUpdate } from "../../testing/an-execution.ts";
import type { Invocation } from "../command.ts";
import { readArguments } from "../arguments.ts";
import { paintWith } from "./paint.ts";
import { showLogs } from "./show-logs.ts";

const at = "2026-01-01T00:00:00.000Z";

/** Each kind there is, with what would break a line or move a terminal's cursor. */
const events: { [Kind in TranscriptEvent["kind"]]: TranscriptEvent & { kind: Kind } } = {
  message: { kind: "message", text: "First.\n\n\tSecond.\u001b[2J" },
  thinking: { kind: "thinking", text: "why\r\nnot" },
  tool_call: { kind: "tool_call", name: "Bash", tool: "run", title: "cd a\ncd b", input: {}, files: [] },
  tool_result: { kind: "tool_result", ok: false, text: "no such file\nat all\n", exit_code: 1 },
  plan: { kind: "plan", entries: [{ text: "look\ncarefully", status: "pending" }] },
  usage: { kind: "usage", input: 1, cache_read: 2, cache_write: 3, output: 4, cost_micro_usd: 5 },
  permission_request: { kind: "permission_request", call: "c", title: "rm -r\nbuild", input: {} },
  notice: { kind: "notice", level: "warning", text: "slow\u0007\ndown" },
};

test("each event of a transcript is one line for people", () => {
  const store = openStore(":memory:");
  registerHolder(store, { id: "h", pid: 1, process_start: "1", boot_id: "b", kind: "run", heartbeat_at: at });
  const run = aNewExecution();
  const { run_id } = run.execution.record;
  commitTransitions(store, { holder_id: "h", created: [run], updated: [] });
  const logs = Object.values(events).map((event, index) => ({
    seq: run.execution.record.last_event + 1 + index,
    run_id,
    stage_id: "stage-0",
    attempt: 1,
    at,
    stream: "agent" as const,
    text: JSON.stringify(event),
  }));
  commitTransitions(store, {
    holder_id: "h",
    created: [],
    updated: [anUpdate(run, { events: [], logs })],
  });
  const lines: string[] = [];
  const output = { line: (text = "") => lines.push(text), paint: paintWith(false) };
  const given = readArguments([], new Map());
  showLogs({ given, output } as unknown as Invocation, store, getExecution(store, run_id));
  expect(lines.map((line) => line.replace(/^.*?(?=\[)/, ""))).toEqual([
    "[stage-0] First. Second.",
    "[stage-0] thinking: why not",
    "[stage-0] Bash: cd a cd b",
    "[stage-0] failed: no such file at all",
    "[stage-0] plan: look carefully (pending)",
    "[stage-0] used 6 tokens in, 4 out, $0.000005",
    "[stage-0] asks for permission: rm -r build",
    "[stage-0] warning: slow down",
  ]);
  store.close();
});

import { describe, expect, test } from "bun:test";
import type { TranscriptEvent } from "../../src/execution/transcript.ts";
import { render } from "../jsx/jsx-runtime.ts";
import { TranscriptChunks } from "./transcript-item.tsx";
import { arrangeTranscript } from "./transcript-items.ts";

const look = { opensCalls: false, plan: 0, workdir: "/work/app", link: (seq: number) => `#e${seq}` };

function markup(...events: (TranscriptEvent | null)[]): string {
  const entries = events.map((event, at) => ({
    seq: at + 1,
    at: `2026-11-30T12:00:0${at}.000Z`,
    event,
  }));
  return render(TranscriptChunks({ items: arrangeTranscript(entries), look }));
}

/** The markup without its tags. */
function words(...events: (TranscriptEvent | null)[]): string {
  return markup(...events)
    .replace(/<[^>]+>/g, " ")
    .replace(/\s+/g, " ");
}

const bash = (title: string): TranscriptEvent => ({
  kind: "tool_call",
  id: "c",
  name: "Bash",
  tool: "run",
  title,
  input: { command: title },
  files: [],
});
const edit = (input: Record<string, string>): TranscriptEvent => ({
  kind: "tool_call",
  id: "c",
  name: "Edit",
  tool: "edit",
  title: "/work/app/src/a.ts",
  input,
  files: ["/work/app/src/a.ts"],
});

describe("in a transcript", () => {
  test("a message is Markdown, and markup in it is text", () => {
    const text = markup({ kind: "message", text: "**bold** <b>no</b>" });
    expect(text).toContain("<strong>bold</strong> &lt;b&gt;no&lt;/b&gt;");
  });

  test("thinking is folded, with its beginning on the line", () => {
    const text = markup({ kind: "thinking", text: "why\nnot" });
    expect(text).toContain('<details class="fold thought"><summary>');
    expect(text).toContain('<span class="title">why not</span>');
  });

  test("a call is one line with name, argument, exit code, duration and a cross, and opens to input and result", () => {
    const events: TranscriptEvent[] = [
      bash("bun test"),
      { kind: "tool_result", id: "c", ok: false, text: "1 fail", exit_code: 101 },
    ];
    const line = /<summary>([\s\S]*?)<\/summary>/.exec(markup(...events))?.[1]?.replace(/<[^>]+>/g, " ");
    expect(line?.replace(/\s+/g, " ").trim()).toBe("Bash bun test exit 101 1.0s failed ✗");
    expect(markup(...events)).not.toContain("<details open");
    expect(words(...events)).toContain("command bun test Failed 1 fail");
  });

  test("a call without a result says so, or that it is running, but no result", () => {
    expect(words(bash("sleep"))).toContain("Bash sleep running no result command sleep");
  });

  test("an edit shows how the file changes; the file is named within the working folder", () => {
    const text = words(
      edit({ file_path: "/work/app/src/a.ts", old_string: "one\ntwo", new_string: "one\n2\n3" }),
    );
    expect(text).toContain("Edit src/a.ts +2 −1");
    expect(text).toMatch(/removed − two .*added \+ 2 .*added \+ 3/);
  });

  test("an edit of thousands of lines is shown as one text taken away and another put in", () => {
    const lines = (word: string): string =>
      Array.from({ length: 1000 }, (_, at) => `${word} ${at}`).join("\n");
    expect(words(edit({ old_string: lines("a"), new_string: lines("b") }))).toContain("+1000 −1000");
  });

  test("only the plan that counts is unfolded", () => {
    const plan: TranscriptEvent = {
      kind: "plan",
      entries: [
        { text: "read", status: "completed" },
        { text: "write", status: "in_progress" },
      ],
    };
    expect(markup(plan)).toContain('<details class="fold plan-event"><summary>');
    const entry = { seq: 1, at: "2026-11-30T12:00:00.000Z", event: plan };
    const current = render(
      TranscriptChunks({ items: [{ kind: "event", entry }], look: { ...look, plan: 1 } }),
    );
    expect(current).toContain('<details class="fold plan-event" open><summary>');
    expect(words(plan)).toContain("Plan 1 of 2 done done: read under way: write");
  });

  test("a cost that was not reported is unknown, and not 0", () => {
    const usage = { kind: "usage", input: 1000, cache_read: 0, cache_write: 0, output: 20 } as const;
    expect(words(usage)).toContain("Used 1k in · 20 out · cost not reported");
    expect(words({ ...usage, cost_micro_usd: 420_000 })).toContain("$0.42");
  });

  test("what a sub-agent does stands below its call", () => {
    const text = markup(bash("look"), { kind: "message", text: "found", parent: "c" });
    expect(text).toMatch(/<div class="sub" id="sub-1"><div class="ev is-message" id="e2">/);
  });

  test("an event that cannot be read says so", () => {
    expect(words(null)).toContain("What the agent did here cannot be read.");
  });

  test("every text is escaped, and marks of a secret stay", () => {
    const evil = `<script>x</script>" onclick="y ***`;
    const events: TranscriptEvent[] = [
      { ...bash(evil), name: evil, input: { [evil]: evil } } as TranscriptEvent,
      { kind: "tool_result", id: "c", ok: true, text: evil },
      { kind: "notice", level: "warning", text: evil },
      { kind: "thinking", text: evil },
      { kind: "plan", entries: [{ text: evil, status: evil }] },
      { kind: "permission_request", call: "c", title: evil, input: {}, reason: evil },
      edit({ old_string: evil, new_string: `${evil}2` }),
    ];
    const text = markup(...events);
    expect(text).not.toContain("<script");
    expect(text).not.toMatch(/<[^>]*\sonclick=/);
    expect(text.split("***").length).toBeGreaterThan(8);
  });
});

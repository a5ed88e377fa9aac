import { describe, expect, test } from "bun:test";
import type { TranscriptEntry } from "../../src/execution/transcript-facts.ts";
import type { TranscriptEvent } from "../../src/execution/transcript.ts";
import { arrangeTranscript, type ResultEntry, type TranscriptItem } from "./transcript-items.ts";

const call = (id: string, parent?: string): TranscriptEvent => ({
  kind: "tool_call",
  id,
  ...(parent === undefined ? {} : { parent }),
  name: "Bash",
  tool: "run",
  title: id,
  input: {},
  files: [],
});
const result = (id: string, parent?: string): TranscriptEvent => ({
  kind: "tool_result",
  id,
  ...(parent === undefined ? {} : { parent }),
  ok: true,
  text: `of ${id}`,
});
const said = (text: string, parent?: string): TranscriptEvent => ({
  kind: "message",
  text,
  ...(parent === undefined ? {} : { parent }),
});

/** Numbered on from `first`. */
function entries(events: readonly TranscriptEvent[], first = 1): TranscriptEntry[] {
  return events.map((event, at) => ({ seq: first + at, at: "2026-11-30T12:00:00.000Z", event }));
}

/** `1(2)[3 4]`: the call 1 with the result 2, below which 3 and 4 stand. */
function drawn(items: readonly TranscriptItem[]): string {
  return items.map(drawnItem).join(" ");
}

function drawnItem(item: TranscriptItem): string {
  if (item.kind === "event") return String(item.entry.seq);
  if (item.kind === "result") return `result ${item.entry.seq} of ${item.call?.seq ?? "?"}`;
  if (item.kind === "sub-agent") return `of ${item.call?.seq ?? "?"}[${drawn(item.children)}]`;
  const below = item.children.length === 0 ? "" : `[${drawn(item.children)}]`;
  return `${item.entry.seq}${item.result ? `(${item.result.seq})` : ""}${below}`;
}

describe("the events of a transcript are arranged so that", () => {
  test.each<[string, TranscriptEvent[], string]>([
    ["each result stands with its call", [call("a"), call("b"), result("a"), result("b")], "1(3) 2(4)"],
    ["a call without a result is a call", [call("a"), said("hm")], "1 2"],
    ["a result without its call stands alone", [said("hm"), result("x")], "1 result 2 of ?"],
    [
      "what sub-agents do stands below their calls, however it is interleaved",
      [call("a"), call("b"), said("1", "a"), said("2", "b"), said("3", "a"), result("a"), said("4")],
      "1(6)[3 5] 2[4] 7",
    ],
    [
      "a sub-agent of a sub-agent stands below that",
      [call("a"), call("b", "a"), said("1", "b"), result("b", "a")],
      "1[2(4)[3]]",
    ],
    [
      "a fourth level stands beside the third",
      [call("a"), call("b", "a"), call("c", "b"), call("d", "c"), said("deep", "d")],
      "1[2[3[4 5]]]",
    ],
    ["a sub-agent without its call is a group", [said("1", "x"), said("2", "x"), said("3")], "of ?[1 2] 3"],
    [
      "the note that a plan was taken is left out",
      [{ kind: "plan", id: "p", entries: [] }, result("p"), said("on")],
      "1 3",
    ],
  ])("%s", (_, events, wanted) => {
    expect(drawn(arrangeTranscript(entries(events)))).toBe(wanted);
  });

  test("calls before the part and results after it are named", () => {
    const [before] = entries([call("old")], 1);
    const [after] = entries([result("new")], 90);
    const part = entries([result("old"), said("deep", "old"), call("new")], 10);
    const around = {
      calls: new Map(before ? [["old", before]] : []),
      results: new Map(after ? [["new", after as ResultEntry]] : []),
    };
    expect(drawn(arrangeTranscript(part, around))).toBe("result 10 of 1 of 1[11] 12(90)");
  });
});

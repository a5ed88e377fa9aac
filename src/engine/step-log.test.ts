import { describe, expect, test } from "bun:test";
import { openStepLog } from "./step-log.ts";

const line = (text: string) => ({ stream: "stdout" as const, text });
const kb = (letter: string) => letter.repeat(1000);

describe("a step's log", () => {
  test("keeps everything as it comes, as long as there is room", () => {
    const log = openStepLog(0, 1_000_000);
    expect(log.take(line("one"))).toEqual(line("one"));
    expect(log.end()).toBeNull();
  });

  test("keeps head and tail when it becomes too long, and says what is missing", () => {
    const log = openStepLog(0, 1_000_000);
    const kept: string[] = [];
    for (let at = 0; at < 2000; at++) if (log.take(line(`${at} ${kb("x")}`))) kept.push(String(at));
    const end = log.end();
    const tail = end?.lines.map(({ text }) => text.split(" ", 1)[0]) ?? [];
    expect(kept[0]).toBe("0");
    expect(tail.at(-1)).toBe("1999");
    expect(end?.lines[0]?.text).toMatch(/^… \d+ lines \(\d+ bytes\) are left out here/);
    expect(kept.length + (end?.cut.lines ?? 0) + tail.length - 1).toBe(2000);
    const bytes = [...kept.map(() => 1004), ...(end?.lines ?? []).map(({ text }) => text.length)];
    expect(bytes.reduce((sum, count) => sum + count, 0)).toBeLessThan(1_020_000);
  });

  test("of a step that is tried again goes on from what is kept already", () => {
    const log = openStepLog(999_000, 1_000_000);
    expect(log.take(line(kb("y")))).toBeNull();
    expect(log.end()?.lines).toEqual([line(kb("y"))]);
  });

  test("cuts a line of more than 64 KiB, and says so", () => {
    const kept = openStepLog(0, 10_000_000).take(line("é".repeat(70_000)));
    expect(Buffer.byteLength(kept?.text ?? "")).toBeLessThanOrEqual(64 * 1024);
    expect(kept?.text).toEndWith("é … (cut)");
  });
});

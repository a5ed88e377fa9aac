import { describe, expect, test } from "bun:test";
import { openStepLog, type KeptLine, type LeftOut, type LogPiece, type StepLog } from "./step-log.ts";

const line = (text: string) => ({ stream: "stdout" as const, text });
const none = { lines: 0, bytes: 0 };
const empty = { ...none, cut: none, untold: none };
const opened = (stored = empty, mostBytes = 1_000_000) => openStepLog(stored, { mostBytes, lineBytes: 200 });
const kb = (letter: string) => letter.repeat(1000);

function endOf(log: StepLog): { lines: KeptLine[]; cut: LeftOut | null; pieces: number } {
  const pieces: LogPiece[] = [];
  for (let piece = log.endPiece(); piece; piece = log.endPiece()) pieces.push(piece);
  expect(pieces.map(({ isLast }) => isLast)).toEqual(pieces.map((_, at) => at === pieces.length - 1));
  return {
    lines: pieces.flatMap(({ lines }) => lines),
    cut: pieces[0]?.cut ?? null,
    pieces: pieces.length,
  };
}

describe("a step's log", () => {
  test("keeps everything as it comes, as long as there is room", () => {
    const log = opened();
    expect(log.take(line("one"))).toEqual(line("one"));
    expect(log.endPiece()).toBeNull();
  });

  test("keeps head and tail when it becomes too long, and says what is missing", () => {
    const log = opened();
    const kept: string[] = [];
    for (let at = 0; at < 2000; at++) if (log.take(line(`${at} ${kb("x")}`))) kept.push(String(at));
    const end = endOf(log);
    const tail = end.lines.map(({ text }) => text.split(" ", 1)[0]);
    expect(kept[0]).toBe("0");
    expect(tail.at(-1)).toBe("1999");
    expect(end.lines[0]?.text).toMatch(/^… \d+ lines \(\d+ bytes\) are left out here/);
    expect(kept.length + (end.cut?.lines ?? 0) + tail.length - 1).toBe(2000);
    const bytes = [...kept.map(() => 1004), ...end.lines.map(({ text }) => text.length)];
    expect(bytes.reduce((sum, count) => sum + count, 0)).toBeLessThan(1_020_000);
  });

  test("counts what a short line takes on disk, not only its text", () => {
    const log = opened();
    let kept = 0;
    while (log.take(line("y"))) kept++;
    expect(kept).toBe(Math.floor(900_000 / 201));
  });

  test("goes on after an engine that ended in the middle: where it left out, and how much", () => {
    const log = opened();
    const write = (into: typeof log, at: number) => into.take({ ...line(kb("x")), offset: (at + 1) * 1001 });
    for (let at = 0; at < 2000; at++) write(log, at);
    const gone = log.leftOut();
    const head = 750;
    expect(gone.offsets).toEqual({ stdout: (head + gone.lines) * 1001 });
    expect(log.leftOut().lines).toBe(0);
    const next = opened({ lines: head, bytes: head * 1000, cut: gone, untold: gone });
    for (let at = head + gone.lines; at < 2000; at++) expect(write(next, at)).toBeNull();
    const end = endOf(next);
    expect(end.cut?.lines).toBe(0);
    expect(end.lines[0]?.text).toStartWith(`… ${gone.lines} lines (${gone.lines * 1000} bytes)`);
    expect(end.lines).toHaveLength(2000 - head - gone.lines + 1);
  });

  test("gives the tail in pieces, and an engine that ends between them goes on with exactly the rest", () => {
    const mostBytes = 6_000_000;
    const log = opened(empty, mostBytes);
    const write = (into: typeof log, at: number) => into.take({ ...line(`${at}`), offset: at + 1 });
    const kept: KeptLine[] = [];
    for (let at = 0; at < 40_000; at++) {
      const now = write(log, at);
      if (now) kept.push(now);
    }
    const first = log.endPiece();
    kept.push(...(first?.lines ?? []));
    expect(first?.isLast).toBeFalse();
    const all = endOf(log);
    expect(all.pieces).toBeGreaterThan(1);
    expect(Math.max(first?.lines.length ?? 0, all.lines.length / all.pieces)).toBeLessThanOrEqual(1001);
    const bytes = kept.reduce((sum, { text }) => sum + Buffer.byteLength(text), 0);
    const next = opened({ lines: kept.length, bytes, cut: first?.cut ?? none, untold: none }, mostBytes);
    for (let at = kept.at(-1)?.offset ?? 0; at < 40_000; at++) write(next, at);
    expect(endOf(next).lines).toEqual(all.lines);
  });

  test("of a step that is tried again goes on from what is kept already", () => {
    const log = opened({ lines: 1, bytes: 999_000, cut: none, untold: none });
    expect(log.take(line(kb("y")))).toBeNull();
    expect(endOf(log).lines).toEqual([line(kb("y"))]);
  });

  test("cuts a line of more than 64 KiB, and says so", () => {
    const kept = opened(empty, 10_000_000).take(line("é".repeat(70_000)));
    expect(Buffer.byteLength(kept?.text ?? "")).toBeLessThanOrEqual(64 * 1024);
    expect(kept?.text).toEndWith("é … (cut)");
  });
});

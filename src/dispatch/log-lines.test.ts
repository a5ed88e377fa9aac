import { describe, expect, test } from "bun:test";
import { mkdtempSync, openSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createMasks } from "../execution/masks.ts";
import { aControl, type TakenLine } from "../testing/a-stage-request.ts";
import { openLogReader } from "./log-reader.ts";
import { openLogs } from "./process/attempt-logs.ts";
import { parseLogCommand, type LogCommand } from "./log-command.ts";

/** What is taken of two finished logs. */
async function taken(
  stdout: string | Uint8Array,
  stderr = "",
  from = { stdout: 0, stderr: 0 },
): Promise<TakenLine[]> {
  const folder = mkdtempSync(join(tmpdir(), "skillmeat-log-"));
  writeFileSync(join(folder, "out"), stdout);
  writeFileSync(join(folder, "err"), stderr);
  const files = { stdout: openSync(join(folder, "out"), "r"), stderr: openSync(join(folder, "err"), "r") };
  const masks = createMasks(["hunter2hunter2"]);
  const { control, lines } = aControl(from, masks);
  const logs = openLogs({ files, sink: control.log, reader: openLogReader(masks), from });
  await logs.finish();
  logs.close();
  return lines;
}

async function texts(stdout: string | Uint8Array): Promise<string[]> {
  return (await taken(stdout)).map(({ text }) => text);
}

test("a log that cannot be read is told once, and the other one is read on", async () => {
  const folder = mkdtempSync(join(tmpdir(), "skillmeat-log-"));
  writeFileSync(join(folder, "err"), "one\ntwo\n");
  // A folder can be opened, and not be read: as a file on a failing disk.
  const files = { stdout: openSync(folder, "r"), stderr: openSync(join(folder, "err"), "r") };
  const { control, lines } = aControl();
  const from = { stdout: 0, stderr: 0 };
  const logs = openLogs({ files, sink: control.log, reader: openLogReader(createMasks([])), from });
  logs.read();
  logs.read();
  await logs.finish();
  logs.close();
  expect(lines.map(({ stream, text }) => `${stream} ${text}`)).toEqual([
    expect.stringMatching(
      /^system warning: the agent's stdout cannot be read: EISDIR.*lines may be missing$/,
    ),
    "stderr one",
    "stderr two",
  ]);
});

describe("a log becomes lines:", () => {
  test("however they end", async () => {
    expect(await texts("a\r\n\nb\n\tc ")).toEqual(["a", "", "b", "\tc "]);
    expect(await texts("")).toEqual([]);
  });

  test("what is no UTF-8 is replaced", async () => {
    expect(await texts(new Uint8Array([0x61, 0xff, 0x62, 0x0a, 0x00, 0x0a]))).toEqual(["a\uFFFDb", "\0"]);
  });

  test("across the chunks of reading", async () => {
    const lines = Array.from({ length: 30_000 }, (_, at) => `line ${at} ${"é".repeat(at % 40)}`);
    expect(await texts(`${lines.join("\n")}\n`)).toEqual(lines);
  });

  test("a line of 10 MB is cut to 64 KiB, and says so", async () => {
    const [line, next, ...none] = await taken(`${"é".repeat(5_000_000)}\nnext\n`);
    expect(Buffer.byteLength(line?.text ?? "")).toBeLessThanOrEqual(64 * 1024);
    expect(line?.text).toEndWith("é [cut: the line has 10000000 bytes]");
    expect(line?.offset).toBe(10_000_001);
    expect(next?.text).toBe("next");
    expect(none).toEqual([]);
  });

  test("a cut goes through no secret", async () => {
    const [line] = await texts(`${"x".repeat(64 * 1024 - 7)}hunter2hunter2${"y".repeat(100_000)}\n`);
    expect(line).not.toContain("hunter");
  });

  test("bytes that become longer as text are bounded as text", async () => {
    const [line] = await texts(new Uint8Array(60_000).fill(0xff));
    expect(Buffer.byteLength(line ?? "")).toBeLessThanOrEqual(64 * 1024);
  });

  test("what an earlier engine has taken is not given again, but what it says still holds", async () => {
    const lines = await taken("::add-mask::rosebud\nold\nnew\n", "old\nrosebud\n", { stdout: 24, stderr: 4 });
    expect(lines).toEqual([
      { stream: "stdout", text: "new", offset: 28 },
      { stream: "stderr", text: "***", offset: 12 },
    ]);
  });

  test("a place that is not in the file is one of another file", async () => {
    expect(await taken("new\n", "", { stdout: 99, stderr: 0 })).toHaveLength(1);
  });
});

describe("a line may say something to the engine:", () => {
  const commands: [line: string, command: LogCommand | null][] = [
    ["::error::no", { kind: "error", text: "no" }],
    ["::error file=a.ts,line=3::no: never", { kind: "error", text: "no: never" }],
    ["::warning::50%25 of%0Athem", { kind: "warning", text: "50% of\nthem" }],
    ["::notice::", { kind: "notice", text: "" }],
    ["::progress 40 compiling::", { kind: "progress", percent: 40, text: "compiling" }],
    ["::progress 40::compiling", { kind: "progress", percent: 40, text: "compiling" }],
    ["::progress 400::", { kind: "progress", percent: 100, text: "" }],
    ["::add-mask::a b", { kind: "mask", secret: "a b" }],
    ["::progress much::", null],
    ["::group::x", null],
    [" ::error::indented", null],
    ["error", null],
  ];
  test.each(commands)("%s", (line, command) => expect(parseLogCommand(line)).toEqual(command));
});

import { describe, expect, test } from "bun:test";
import { mkdtempSync, openSync, fstatSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createMasks } from "../../execution/masks.ts";
import { aControl } from "../../testing/a-stage-request.ts";
import { openLogReader } from "../log-reader.ts";
import { openLogs } from "./attempt-logs.ts";
import { createLogSpace, punchHole } from "./log-space.ts";

const megabyte = 1 << 20;

describe("what is stored of a log file", () => {
  test("is given back in whole blocks, but for the lines to keep and the end of the file", () => {
    const holes: [start: number, end: number][] = [];
    const space = createLogSpace(
      (start, length) => holes.push([start, start + length]) > 0,
      () => {},
    );
    space.keep(megabyte + 5, megabyte + 50);
    space.keep(2 * megabyte, 2 * megabyte + 10_000);
    space.freeUpTo(3 * megabyte);
    expect(holes).toEqual([]);
    space.freeUpTo(8 * megabyte);
    const end = 8 * megabyte - 128 * 1024;
    expect(holes).toEqual([
      [0, megabyte],
      [megabyte + 4096, 2 * megabyte - 4096],
      [2 * megabyte + 12_288, end],
    ]);
  });

  test("stays where no holes can be made, which is told once", () => {
    let told = 0;
    const space = createLogSpace(
      () => false,
      () => told++,
    );
    space.freeUpTo(8 * megabyte);
    space.freeUpTo(16 * megabyte);
    expect(told).toBe(1);
  });

  test.if(process.platform === "linux")(
    "frees the disk, and a later engine hears what was said",
    async () => {
      const folder = mkdtempSync(join(tmpdir(), "skillmeat-give-back-"));
      const line = `${"x".repeat(99)}\n`;
      const before = `${line.repeat(50_000)}::add-mask::rosebud\n::error::no rosebud\n${line.repeat(50_000)}`;
      writeFileSync(join(folder, "out"), `${before}new rosebud\n`);
      writeFileSync(join(folder, "err"), "");
      const open = () => ({
        stdout: openSync(join(folder, "out"), "r+"),
        stderr: openSync(join(folder, "err"), "r+"),
      });
      const from = { stdout: before.length, stderr: 0 };
      const first = openLogs({
        files: open(),
        sink: aControl(from).control.log,
        reader: openLogReader(createMasks()),
        from,
      });
      while (first.read() > 0);
      first.read();
      first.close();
      const files = open();
      expect(fstatSync(files.stdout).blocks * 512).toBeLessThan(5 * megabyte);
      expect(fstatSync(files.stdout).size).toBe(before.length + 12);
      const masks = createMasks();
      const { control, texts } = aControl(from, masks);
      const reader = openLogReader(masks);
      const second = openLogs({ files, sink: control.log, reader, from });
      await second.finish();
      second.close();
      expect(texts()).toEqual(["new ***"]);
      expect(reader.complaint).toBe("no ***");
    },
  );

  test("is not given back of what is no file", () => {
    expect(punchHole(openSync("/dev/null", "r+"), 0, 4096)).toBe(false);
  });
});

import { afterAll, beforeEach, describe, expect, test } from "bun:test";
import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openProgramVersions } from "./program-versions.ts";

const folder = mkdtempSync(join(tmpdir(), "skillmeat-versions-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const hour = 60 * 60 * 1000;
const path = join(folder, "agent");
const kept = join(folder, "programs.json");
const how = { env: { PATH: process.env["PATH"] ?? "" }, workdir: folder };

/** A program that notes each time it is asked. */
function makeProgram(answer: string): void {
  writeFileSync(path, `#!/bin/sh\necho asked >>"${folder}/asked"\n${answer}\n`);
  chmodSync(path, 0o755);
}

function timesAsked(): number {
  return readFileSync(join(folder, "asked"), "utf8").split("\n").length - 1;
}

beforeEach(() => {
  writeFileSync(join(folder, "asked"), "");
  rmSync(kept, { force: true, recursive: true });
  makeProgram("echo 'agent 1.2.3 (stable)'");
});

describe("the version of a program", () => {
  test("is asked for once, however many want it at once and later", async () => {
    const versions = openProgramVersions(null);
    const answers = await Promise.all([versions.of(path, how), versions.of(path, how)]);
    expect([...answers, await versions.of(path, how)]).toEqual(["1.2.3", "1.2.3", "1.2.3"]);
    expect(timesAsked()).toBe(1);
  });

  test("is known to the next process of the same home, for a day", async () => {
    let now = Date.parse("2026-11-30T12:00:00Z");
    const open = () => openProgramVersions(folder, () => now);
    expect(await open().of(path, how)).toBe("1.2.3");
    expect(statSync(kept).mode & 0o777).toBe(0o600);
    now += 23 * hour;
    const next = open();
    expect(await next.of(path, how)).toBe("1.2.3");
    expect(timesAsked()).toBe(1);
    now += hour;
    expect(await next.of(path, how)).toBe("1.2.3");
    expect(timesAsked()).toBe(2);
    // An answer from the future is as good as none: the clock was wrong.
    now -= 48 * hour;
    await open().of(path, how);
    expect(timesAsked()).toBe(3);
  });

  test("is asked for again when the file has changed", async () => {
    await openProgramVersions(folder).of(path, how);
    makeProgram("echo 1.3.0");
    utimesSync(path, 1, 1);
    expect(await openProgramVersions(folder).of(path, how)).toBe("1.3.0");
  });

  const damages: [what: string, content: string][] = [
    ["is no JSON", '[{"mark": '],
    ["is no list", '{"__proto__": []}'],
    ["holds other things", '[null, 1, {"mark": "x", "version": "9", "asked_at": "now"}]'],
    ["is too big", " ".repeat(70_000) + "[]"],
  ];
  test.each(damages)("is asked for again when the file of the answers %s", async (_, content) => {
    writeFileSync(kept, content);
    expect(await openProgramVersions(folder).of(path, how)).toBe("1.2.3");
    expect(await openProgramVersions(folder).of(path, how)).toBe("1.2.3");
    expect(timesAsked()).toBe(1);
  });

  test("is asked for each time where nothing can be kept", async () => {
    const nowhere = join(folder, "no-home");
    expect(await openProgramVersions(nowhere).of(path, how)).toBe("1.2.3");
    expect(await openProgramVersions(nowhere).of(path, how)).toBe("1.2.3");
    expect(timesAsked()).toBe(2);
  });

  test("of the 65th program takes the place of the oldest answer", async () => {
    const now = Date.now();
    const others = Array.from({ length: 64 }, (_, at) => ({
      mark: `/other ${at}`,
      version: "1.0.0",
      asked_at: now - 1000 - at,
    }));
    writeFileSync(kept, JSON.stringify(others));
    await openProgramVersions(folder).of(path, how);
    const marks = (JSON.parse(readFileSync(kept, "utf8")) as { mark: string }[]).map(({ mark }) => mark);
    expect(marks).toHaveLength(64);
    expect(marks[0]).toStartWith(path);
    expect(marks.at(-1)).toBe("/other 62");
  });

  const useless: [what: string, answer: string][] = [
    ["says something else", "echo hello"],
    ["says nothing", "exit 1"],
    ["may not be run", ""],
  ];
  test.each(useless)("is unknown when it %s, and is asked for again", async (_, answer) => {
    makeProgram(answer);
    if (answer === "") chmodSync(path, 0o644);
    const versions = openProgramVersions(folder);
    expect([await versions.of(path, how), await versions.of(path, how)]).toEqual([null, null]);
  });

  test("is read although a process that it left behind holds its output open", async () => {
    makeProgram("sleep 600 & echo 1.2.4");
    expect(await openProgramVersions(null).of(path, how)).toBe("1.2.4");
  });

  test("is unknown when it does not answer in time", async () => {
    const { askProgram } = await import("./ask-program.ts");
    makeProgram("sleep 600");
    expect(await askProgram([path, "--version"], { ...how, longestMs: 50 })).toBeNull();
  });
});

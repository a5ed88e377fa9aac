import { afterEach, beforeEach, expect, test } from "bun:test";
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { lockingFiles } from "./files-lock.ts";

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "skillmeat-lock-"));
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

test("the lock exists while the work is done and is gone afterwards, even if the work fails", async () => {
  const lock = join(home, ".files.lock");
  expect(await lockingFiles(home, () => existsSync(lock))).toBe(true);
  expect(readdirSync(home)).toEqual([]);
  const failing = lockingFiles(home, () => {
    throw new Error("no");
  });
  expect(failing).rejects.toThrow("no");
  await failing.catch(() => {});
  expect(readdirSync(home)).toEqual([]);
});

test("the lock of a process that has died is taken over", async () => {
  writeFileSync(
    join(home, ".files.lock"),
    JSON.stringify({ pid: 2 ** 22 - 1, process_start: "1", boot_id: "x" }),
  );
  expect(await lockingFiles(home, () => "done")).toBe("done");
});

test("many processes that add to one file at the same time lose nothing", async () => {
  const script = `
    const { lockingFiles } = await import(${JSON.stringify(join(import.meta.dir, "files-lock.ts"))});
    const { readFileSync, writeFileSync, existsSync } = await import("node:fs");
    const file = ${JSON.stringify(join(home, "count"))};
    for (let i = 0; i < 20; i++) await lockingFiles(${JSON.stringify(home)}, () =>
      writeFileSync(file, String(Number(existsSync(file) ? readFileSync(file, "utf8") : 0) + 1)));`;
  const children = [1, 2, 3].map(() => Bun.spawn([process.execPath, "-e", script], { stderr: "inherit" }));
  await Promise.all(children.map((child) => child.exited));
  expect(await Bun.file(join(home, "count")).text()).toBe("60");
});

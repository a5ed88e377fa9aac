import { afterAll, expect, test } from "bun:test";
import { mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { currentProcess, isProcessAlive } from "./holder-process.ts";

test("this process is alive, and only as what it is", () => {
  const own = currentProcess();
  expect(own.pid).toBe(process.pid);
  expect(isProcessAlive(own)).toBe(true);
  expect(isProcessAlive({ ...own, process_start: `${own.process_start}0` })).toBe(false);
  expect(isProcessAlive({ ...own, boot_id: "another boot" })).toBe(false);
});

const folder = mkdtempSync(join(tmpdir(), "holder-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test("a process is alive until it ends, whatever its name", async () => {
  // The very signs that part the fields of a process's stat line.
  const program = join(folder, "a) S 1 (b");
  symlinkSync(process.execPath, program);
  const module = JSON.stringify(join(import.meta.dir, "holder-process.ts"));
  const script = `import { currentProcess } from ${module}; console.log(JSON.stringify(currentProcess()));`;
  const child = Bun.spawn([program, "-e", `${script} for await (const _ of Bun.stdin.stream());`], {
    stdin: "pipe",
    stdout: "pipe",
  });
  const { value } = await child.stdout.getReader().read();
  const identity = JSON.parse(new TextDecoder().decode(value)) as ReturnType<typeof currentProcess>;
  expect(identity.pid).toBe(child.pid);
  expect(isProcessAlive(identity)).toBe(true);
  child.kill("SIGKILL");
  await child.exited;
  expect(isProcessAlive(identity)).toBe(false);
});

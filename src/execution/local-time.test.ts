import { expect, test } from "bun:test";
import { join } from "node:path";

test.each([
  ["Europe/Berlin", "2026-11-30 21:38:05 CET", "2026-07-01 22:38:05 CEST"],
  ["Europe/London", "2026-11-30 20:38:05 GMT", "2026-07-01 21:38:05 BST"],
  ["America/New_York", "2026-11-30 15:38:05 EST", "2026-07-01 16:38:05 EDT"],
  ["Asia/Kathmandu", "2026-12-01 02:23:05 UTC+05:45", "2026-07-02 02:23:05 UTC+05:45"],
  ["America/Sao_Paulo", "2026-11-30 17:38:05 UTC-03:00", "2026-07-01 17:38:05 UTC-03:00"],
  ["UTC", "2026-11-30 20:38:05 UTC", "2026-07-01 20:38:05 UTC"],
])("in %s people read %s and %s", (TZ, winter, summer) => {
  const module = join(import.meta.dir, "local-time.ts");
  const script = `
    import { localMoment, zoneName } from ${JSON.stringify(module)};
    for (const at of ["2026-11-30T20:38:05.123Z", "2026-07-01T20:38:05.123Z"])
      console.log(localMoment(at) + " " + zoneName(at));`;
  const { stdout } = Bun.spawnSync([process.execPath, "-e", script], { env: { TZ } });
  expect(stdout.toString()).toBe(`${winter}\n${summer}\n`);
});

import { describe, expect, test } from "bun:test";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const here = import.meta.dir;
/** Compiling needs Debian's compilers and brings musl for another processor: `npm run check:supervisor` asks for it. */
const isAskedFor = process.env["SKILLMEAT_CHECK_SUPERVISOR"] === "1";

describe("the supervisor's program", () => {
  test.each(readFileSync(join(here, "supervisor.sha256"), "utf8").trim().split("\n"))(
    "%s is what the last build has written down: after a change, run build-supervisor.sh",
    (line) => {
      const [hash, name = ""] = line.split(/\s+/);
      const bytes = readFileSync(join(here, name));
      expect(new Bun.CryptoHasher("sha256").update(bytes).digest("hex")).toBe(hash ?? "");
    },
  );

  test("is at most 400 lines of C", () =>
    expect(readFileSync(join(here, "supervisor.c"), "utf8").trimEnd().split("\n").length).toBeLessThanOrEqual(
      400,
    ));

  test.skipIf(!isAskedFor)("is byte for byte what its source gives", () => {
    const out = mkdtempSync(join(tmpdir(), "supervisor-"));
    const built = Bun.spawnSync(["sh", join(here, "build-supervisor.sh"), out]);
    expect([built.exitCode, built.stderr.toString().replaceAll(/^W: .*\n/gm, "")]).toEqual([0, ""]);
    for (const name of ["supervisor-x64.bin", "supervisor-arm64.bin"])
      expect(readFileSync(join(out, name)).equals(readFileSync(join(here, name)))).toBe(true);
    rmSync(out, { recursive: true });
  });
});

import { describe, expect, test } from "bun:test";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import type { Skill } from "../../execution/snapshot.ts";
import type { ValueObject } from "../../expression/value.ts";
import { aControl, aStageRequest } from "../../testing/a-stage-request.ts";
import { bothLaunches } from "../../testing/both-launches.ts";
import { makeFakeClaude, playSample } from "../../testing/fake-claude.ts";
import { createClaudeDispatcher } from "./claude-code.ts";

/** Keeps the plug-in where the test finds it. */
const keepPlugin = `for each in "$@"; do case "$each" in --plugin-dir=*) cp -rp "\${each#*=}" "$HOME/kept";; esac; done`;

function aSkill(ref: string, path: string): Skill {
  const files: Skill["files"] = [
    { path: "SKILL.md", text: `the text of ${path}` },
    { path: "scripts/run.sh", text: "#!/bin/sh\n", executable: true },
    { path: "logo.png", base64: "if8A" },
  ];
  return { ref, name: path.split("/").at(-1) ?? "", path, hash: "", files };
}

describe.each(bothLaunches)("the skills of a stage under %s", (_, launch) => {
  const dispatcher = createClaudeDispatcher(launch);

  async function attempt(tools: string[], skills: Skill[], settings: ValueObject = {}) {
    const { folder, request } = aStageRequest("true", { tools });
    const claude = makeFakeClaude(folder, `${keepPlugin}\n${playSample("ok")}`);
    const agent = request.agent && { ...request.agent, skills, settings };
    const options = {
      ...request.options,
      env: { PATH: `${claude.bin}:${process.env["PATH"]}`, HOME: folder },
    };
    const asked = { ...request, agent, options };
    const result = await dispatcher.dispatch(asked, aControl().control);
    await dispatcher.sweep(asked);
    return { result, argv: claude.calls()[0] ?? null, kept: join(folder, "kept"), request };
  }

  test("are a plug-in in the attempt's folder, whose skills claude may use", async () => {
    const skills = [
      aSkill("skill:pdf", "/p/pdf"),
      aSkill("skill:office/pdf", "/p/office/pdf"),
      aSkill("skill:x", "/p/x y"),
    ];
    const { result, argv, kept, request } = await attempt(["skill:pdf", "Read"], skills, {
      skills: ["office/pdf", "x"],
    });
    expect(result).toMatchObject({ ok: true, warnings: [] });
    expect(argv).toContain(`--plugin-dir=${request.attempt_dir}/plugin`);
    expect(argv).not.toContain("--disable-slash-commands");
    expect(argv?.filter((each) => each.startsWith("--allowedTools"))).toEqual([
      "--allowedTools=Skill(skillmeat:pdf)",
      "--allowedTools=Skill(skillmeat:pdf-2)",
      "--allowedTools=Skill(skillmeat:x-y)",
      "--allowedTools=Read",
    ]);
    expect(readdirSync(join(kept, "skills")).toSorted()).toEqual(["pdf", "pdf-2", "x-y"]);
    expect(JSON.parse(readFileSync(join(kept, ".claude-plugin/plugin.json"), "utf8"))).toMatchObject({
      name: "skillmeat",
    });
    expect(readFileSync(join(kept, "skills/pdf-2/SKILL.md"), "utf8")).toBe("the text of /p/office/pdf");
    expect(readFileSync(join(kept, "skills/pdf/logo.png")).toHex()).toBe("89ff00");
    expect(statSync(join(kept, "skills/pdf/scripts/run.sh")).mode & 0o777).toBe(0o700);
    expect(statSync(join(kept, "skills/pdf/SKILL.md")).mode & 0o777).toBe(0o600);
    expect(statSync(join(kept, "skills/pdf")).mode & 0o777).toBe(0o700);
  });

  test("are none for a stage that names none, neither those of claude itself", async () => {
    const { argv } = await attempt([], [aSkill("skill:pdf", "/p/pdf")]);
    expect(argv).toContain("--disable-slash-commands");
    expect(argv?.join(" ")).not.toContain("--plugin-dir");
  });

  test("one that was not found at the start fails the attempt before claude starts", async () => {
    const { result, argv } = await attempt(["skill:gone"], []);
    expect(result.error).toMatchObject({ class: "not_found", retryable: false });
    expect(result.error?.message).toMatch(/"gone" was not found.*\.claude\/skills/);
    expect(argv).toBeNull();
  });
});

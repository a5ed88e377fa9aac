import { beforeEach, describe, expect, test } from "bun:test";
import { chmodSync, mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { parseAgentFile } from "../dispatch/agent-file.ts";
import type { AgentTools } from "./agent-tools.ts";
import { openArtifacts, type Artifacts } from "./artifacts.ts";

let root = "";
const pdf = "repo/.claude/skills/office/pdf";

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "skillmeat-skill-"));
  put("repo/.git/HEAD");
  put(`${pdf}/SKILL.md`, "---\nname: PDF tools\ndescription: reads\n---\nUse it.\n");
});

function put(path: string, content: string | Uint8Array = ""): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), content);
}

function open(): Artifacts {
  const repo = join(root, "repo");
  return openArtifacts({
    beside: repo,
    workdir: repo,
    home: join(root, "home"),
    userHome: join(root, "user"),
  });
}

function toolsOf(line: string, tools: string[] = []): AgentTools {
  const bytes = Buffer.from(`---\nname: x\ndescription: d\n${line}\n---\n`);
  return open().tools(parseAgentFile(bytes, { path: "/p/x.md", ref: "agent:x" }), tools);
}

describe("a skill that an agent or its stage names", () => {
  test("is read with all of its files, whatever they are", () => {
    put(`${pdf}/scripts/read.sh`, "#!/bin/sh\n");
    chmodSync(join(root, pdf, "scripts/read.sh"), 0o755);
    put(`${pdf}/logo.png`, Buffer.from([0x89, 0xff, 0x00]));
    for (const path of [".env", ".git/HEAD", "node_modules/a/b", "scripts/__pycache__/c.pyc"])
      put(`${pdf}/${path}`);
    symlinkSync("SKILL.md", join(root, pdf, "AGENTS.md"));
    const text = "---\nname: PDF tools\ndescription: reads\n---\nUse it.\n";
    expect(toolsOf("", ["skill:pdf"])).toMatchObject({
      troubles: [],
      skills: [
        {
          ref: "skill:pdf",
          name: "pdf",
          path: join(root, pdf),
          files: [
            { path: "AGENTS.md", text },
            { path: "SKILL.md", text },
            { path: "logo.png", base64: "if8A" },
            { path: "scripts/read.sh", text: "#!/bin/sh\n", executable: true },
          ],
        },
      ],
    });
  });

  test.each(["skills: [pdf]", "skills: pdf, charts", "skills: ['skill:pdf', office/charts]"])(
    "by %s",
    (line) => {
      put("home/collections/default/skills/office/charts/SKILL.md");
      const { skills, troubles } = toolsOf(line);
      expect(troubles).toEqual([]);
      expect(skills[0]?.path).toBe(join(root, pdf));
    },
  );

  const wrong: [line: string, tools: string[], code: string, says: RegExp, wayOut: RegExp][] = [
    [
      "skills: [pfd]",
      [],
      "skill_missing",
      /"pfd", which "skills" of \/p\/x\.md names, is nowhere/,
      /mean "skill:pdf"/,
    ],
    ["", ["skill:nothing"], "skill_missing", /"nothing" is nowhere/, /looked in \.claude\/skills/],
    ["skills: [7]", [], "skill_broken", /something that is no name \(\/p\/x\.md\)/, /write the names/],
    ["", ["skill:many"], "skill_broken", /"many" of .* more than 200 files/, /take out/],
    ["", ["skill:large"], "skill_broken", /or 1 MiB/, /take out/],
    ["", ["skill:deep"], "skill_broken", /deeper than 8/, /take out/],
    ["", ["skill:linked"], "skill_broken", /holds "out", a link that leads out/, /copy/],
    ["skills: [a1, a2, a3, a4, a5]", [], "skill_broken", /more than 4 MiB/, /fewer or smaller/],
  ];
  test.each(wrong)("is told when it cannot be used: %s %p", (line, tools, code, says, wayOut) => {
    for (let at = 0; at < 201; at++) put(`repo/.claude/skills/many/${at}`);
    put("repo/.claude/skills/large/data", "x".repeat(1024 * 1024 + 1));
    put(`repo/.claude/skills/deep/${"a/".repeat(10)}b`);
    put("elsewhere");
    for (const name of ["many", "large", "deep", "linked"]) put(`repo/.claude/skills/${name}/SKILL.md`);
    symlinkSync(join(root, "elsewhere"), join(root, "repo/.claude/skills/linked/out"));
    for (let at = 1; at <= 5; at++) put(`repo/.claude/skills/a${at}/SKILL.md`, "x".repeat(900 * 1024));
    const { troubles } = toolsOf(line, tools);
    expect(troubles).toMatchObject([{ code, ref: tools[0] ?? null }]);
    expect(troubles[0]?.says).toMatch(says);
    expect(troubles[0]?.wayOut).toMatch(wayOut);
    expect(
      tools.flatMap((ref) => (open().find(ref) ? open().lacks(ref) : [])).every((lack) => lack.code === code),
    ).toBe(true);
  });
});

import { beforeEach, describe, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { openArtifacts, type Artifacts } from "./artifacts.ts";

let root = "";

/** Makes a repository with a workflow's folder, a home with both layouts, and a user's own folder. */
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "skillmeat-artifacts-"));
  put("repo/.git/HEAD", "");
  put("repo/flows/ship/WORKFLOW.yaml", "");
  put("repo/src/deep/x", "");
});

function put(path: string, text = ""): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
}

function open(workdir = "repo/src/deep"): Artifacts {
  return openArtifacts({
    beside: join(root, "repo/flows/ship"),
    workdir: join(root, workdir),
    home: join(root, "home"),
    userHome: join(root, "user"),
  });
}

/** The path to which a reference leads, relative to the test's root. */
function findPath(ref: string, artifacts = open()): string | null {
  return artifacts.find(ref)?.origin.slice(root.length + 1) ?? null;
}

const everywhere = [
  "repo/flows/ship/agents/scan.md",
  "repo/flows/ship/.claude/agents/scan.md",
  "repo/src/deep/.claude/agents/scan.md",
  "repo/src/.claude/agents/scan.md",
  "repo/.claude/agents/scan.md",
  "home/collections/default/agents/scan.md",
  "home/collection/artifacts/agents/scan.md",
  "user/.claude/agents/scan.md",
];

describe("a reference leads to the first of", () => {
  test.each(everywhere.map((path, at) => [path, at] as const))("%s", (path, at) => {
    for (const later of everywhere.slice(at)) put(later);
    expect(findPath("agent:scan")).toBe(path);
  });

  test("never to a file above the repository, or above a working directory outside a repository", () => {
    put(".claude/agents/scan.md");
    put("plain/.claude/agents/up.md");
    put("plain/sub/x");
    expect(findPath("agent:scan")).toBeNull();
    expect(findPath("agent:up", open("plain/sub"))).toBeNull();
  });
});

describe("a name is", () => {
  test("that of the manifest, else of the front matter, else of the file, in any case of letters", () => {
    put("home/collections/main/agents/a.md", "---\nname: Inner\n---\n");
    put("home/collections/main/agents/team/b.md");
    put("home/config.toml", '[settings]\ndefault-collection = "main"\n');
    put(
      "home/collections/main/collection.toml",
      '[[artifacts]]\nname = "Outer"\ntype = "agent"\npath = "agents/a.md"\n',
    );
    expect(
      ["outer", "INNER", "a", "b", "Team/B", "team/b@1.2", "c"].map((name) => findPath(`agent:${name}`)),
    ).toEqual([
      ...Array.from({ length: 3 }, () => "home/collections/main/agents/a.md"),
      ...Array.from({ length: 3 }, () => "home/collections/main/agents/team/b.md"),
      null,
    ]);
  });

  test("found only with its type: skills are folders, servers are entries of files", () => {
    put("repo/.claude/skills/office/pdf/SKILL.md", "---\nname: PDF tools\ndescription: reads\n---\n");
    put("repo/.claude/commands/git/commit.md");
    put("repo/.mcp.json", '{"mcpServers": {"github": {"command": "x"}, "__proto__": {}}}');
    put("home/collections/default/collection.toml", '[[mcp_servers]]\nname = "db"\ndescription = "asks"\n');
    expect(findPath("skill:pdf")).toBe("repo/.claude/skills/office/pdf");
    expect(findPath("skill:pdf tools")).toBe("repo/.claude/skills/office/pdf");
    expect(findPath("command:git/commit")).toBe("repo/.claude/commands/git/commit.md");
    expect(findPath("mcp:github")).toBe("repo/.mcp.json");
    expect(findPath("agent:pdf")).toBeNull();
    expect(
      open()
        .list("mcp")
        .map(({ name, description }) => [name, description]),
    ).toEqual([
      ["__proto__", null],
      ["db", "asks"],
      ["github", null],
    ]);
    expect(open().list("skill")).toMatchObject([
      { ref: "skill:pdf", name: "PDF tools", description: "reads", place: "project" },
    ]);
  });

  test("not found when the reference has no valid form", () => {
    for (const ref of ["", ":", "agent", "agent:", "constructor:x", "ctx:"])
      expect(open().find(ref)).toBeNull();
  });
});

describe("a reference that is not found", () => {
  test("gets a hint with the name that was probably meant", () => {
    put("repo/.claude/commands/scan.md");
    put("repo/.claude/agents/reviewer.md");
    put("repo/.claude/rules/style.md");
    expect(open().hint("agent:scan")).toBe('there is a command "scan"');
    expect(open().hint("agent:reviewr")).toBe('did you mean "agent:reviewer"?');
    expect(open().hint("ctx:stile")).toBe('did you mean "ctx:style"?');
    expect(open().hint("agent:something-else")).toBeNull();
  });
});

describe("an agent", () => {
  test("is read as a whole when it is asked for, with the problems in it", () => {
    put("repo/.claude/agents/good.md", '---\nname: good\ncommand: ["./run.sh"]\n---\nGo.\n');
    put("repo/.claude/agents/bad.md", "---\nname: bad\ncommand: ./run.sh\n---\n");
    const artifacts = open();
    expect(artifacts.agent("agent:Good")).toMatchObject({ ref: "agent:Good", name: "good", prompt: "Go." });
    expect(artifacts.agent("agent:none")).toBeNull();
    expect(artifacts.list("agent").map(({ name }) => name)).toEqual(["bad", "good"]);
    expect(() => artifacts.agent("agent:bad")).toThrow(
      `${join(root, "repo/.claude/agents/bad.md")}:3: "command"`,
    );
  });
});

describe("a context module", () => {
  const places = [
    "repo/flows/ship/.claude/context/rules.md",
    "repo/flows/ship/.claude/specs/rules.md",
    "repo/.claude/context/rules.md",
    "repo/.claude/rules/rules.md",
    "home/collections/default/context/rules.md",
    "repo/flows/ship/context/rules.md",
  ];
  test.each(places.map((path, at) => [path, at] as const))("is the first of %s", (path, at) => {
    for (const later of places.slice(at)) put(later);
    expect(findPath("ctx:Rules")).toBe(path);
  });

  test("is its text without the front matter", () => {
    put("repo/.claude/context/team/rules.md", "---\ntitle: x\n---\n\nBe kind.\n");
    expect(open().module("ctx:team/rules")).toEqual({
      ref: "ctx:team/rules",
      name: "team/rules",
      path: join(root, "repo/.claude/context/team/rules.md"),
      hash: expect.stringMatching(/^[0-9a-f]{64}$/),
      text: "Be kind.",
    });
    expect(open().module("ctx:../../secret")).toBeNull();
  });
});

describe("hostile folders:", () => {
  test("no link is followed out of .claude or in circles", () => {
    put("secret/key.md");
    put("repo/.claude/agents/fine.md");
    put("repo/.claude/shared/agents/linked.md");
    symlinkSync(join(root, "secret/key.md"), join(root, "repo/.claude/agents/file.md"));
    symlinkSync(join(root, "secret"), join(root, "repo/.claude/agents/folder"));
    symlinkSync("..", join(root, "repo/.claude/agents/loop"));
    symlinkSync("self", join(root, "repo/.claude/agents/self"));
    symlinkSync("../shared/agents", join(root, "repo/.claude/agents/inside"));
    expect(
      open()
        .list("agent")
        .map(({ name }) => name),
    ).toEqual(["fine", "linked"]);
  });

  test("the search always ends", () => {
    put(`repo/.claude/agents/${"d/".repeat(30)}deep.md`);
    put("repo/.claude/agents/node_modules/x/dep.md");
    expect(open().list("agent")).toEqual([]);
  });

  test("broken files are not artifacts and do not keep others from being found", () => {
    put("repo/.claude/agents/open.md", "---\nname: [");
    put("repo/.mcp.json", "{");
    put("home/collections/default/collection.toml", "= broken");
    put("home/collections/default/agents/fine.md");
    expect(
      open()
        .list("agent")
        .map(({ name }) => name),
    ).toEqual(["fine", "open"]);
    expect(open().list("mcp")).toEqual([]);
  });
});

describe("a link that leads out", () => {
  const kinds: [string, string, string, string][] = [
    ["of the project, as .claude", "repo/.claude", "../elsewhere", "agent:rev"],
    ["of .claude, as its agents", "repo/.claude/agents", "../../elsewhere/agents", "agent:rev"],
    ["of .claude into the project", "repo/src/deep/.claude/agents", "../agents-elsewhere", "agent:rev"],
    ["as one file", "repo/.claude/agents/rev.md", "../../../elsewhere/agents/rev.md", "agent:rev"],
    ["as a folder among agents", "repo/.claude/agents/team", "../../../elsewhere/agents", "agent:team/rev"],
    ["as agents/ beside the workflow", "repo/flows/ship/agents", "../../../elsewhere/agents", "agent:rev"],
    ["as a skill's folder", "repo/.claude/skills/pdf", "../../../elsewhere/skills/pdf", "skill:pdf"],
    ["as a file of the collection", "home/collection/artifacts/agents/rev.md", "x", "agent:rev"],
    ["of the user's own folder", "user/.claude/agents", "../../elsewhere/agents", "agent:rev"],
    ["as a context module", "repo/.claude/context/style.md", "../../../elsewhere/style.md", "ctx:style"],
  ];
  test.each(kinds)("%s is not followed and named, until that is allowed", (_, link, target, ref) => {
    put("elsewhere/agents/rev.md");
    put("repo/src/deep/agents-elsewhere/rev.md");
    put("elsewhere/skills/pdf/SKILL.md");
    put("elsewhere/style.md");
    mkdirSync(dirname(join(root, link)), { recursive: true });
    const to = target === "x" ? join(root, "elsewhere/agents/rev.md") : target;
    symlinkSync(to, join(root, link));
    expect(open().find(ref)).toBeNull();
    const hint = open().hint(ref);
    expect(hint).toStartWith(`"${join(root, link)}" is a link to "${to}", out of "`);
    expect(hint).toContain("set follow_links = true under [workflow] in config.toml");
    put("home/config.toml", "[workflow]\nfollow_links = true\n");
    if (!link.endsWith(".claude")) expect(open().find(ref)).not.toBeNull();
    else expect(open().find("agent:rev")).not.toBeNull();
  });

  test("is not named as the cause when it has another name", () => {
    put("elsewhere/other.md");
    put("repo/.claude/agents/reviewer.md");
    symlinkSync(join(root, "elsewhere/other.md"), join(root, "repo/.claude/agents/other.md"));
    expect(open().hint("agent:reviewr")).toBe('did you mean "agent:reviewer"?');
    expect(
      open()
        .refused("agent")
        .map(({ link }) => link),
    ).toEqual([join(root, "repo/.claude/agents/other.md")]);
  });
});

describe("a list", () => {
  test("shows for each artifact its reference, its place and what it hides", () => {
    put("repo/.claude/agents/team/rev.md", "---\nname: Code Reviewer\n---\n");
    put("home/collections/default/agents/rev.md");
    put("home/collections/default/agents/scan.md", "---\nname: scanner\n---\n");
    put(
      "home/collections/default/collection.toml",
      '[[artifacts]]\nname = "scan-it"\ntype = "agent"\npath = "agents/scan.md"\norigin = "github"\ntags = ["x"]\n',
    );
    put("user/.claude/agents/scan-it.md");
    const at = (path: string) => join(root, path);
    expect(open().list("agent")).toEqual([
      {
        type: "agent",
        ref: "agent:rev",
        name: "Code Reviewer",
        description: null,
        place: "project",

        path: at("repo/.claude/agents/team/rev.md"),
        origin: null,
        upstream: null,
        tags: [],
        shadows: [
          {
            place: "collection",
            path: at("home/collections/default/agents/rev.md"),
          },
        ],
      },
      {
        type: "agent",
        ref: "agent:scan-it",
        name: "scan-it",
        description: null,
        place: "collection",

        path: at("home/collections/default/agents/scan.md"),
        origin: "github",
        upstream: null,
        tags: ["x"],
        shadows: [
          {
            place: "user",
            path: at("user/.claude/agents/scan-it.md"),
          },
        ],
      },
    ]);
  });

  test("has each file once when the working directory is the workflow's own folder", () => {
    put("repo/flows/ship/.claude/agents/own.md");
    expect(open("repo/flows/ship").list("agent")).toMatchObject([
      { ref: "agent:own", place: "project", shadows: [] },
    ]);
  });
});

test("a folder is searched once", () => {
  put("repo/.claude/agents/one.md");
  const artifacts = open();
  expect(findPath("agent:one", artifacts)).not.toBeNull();
  put("repo/.claude/agents/two.md");
  expect(findPath("agent:two", artifacts)).toBeNull();
  expect(findPath("agent:two")).not.toBeNull();
});

import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import {
  mkdirSync,
  mkdtempSync,
  realpathSync,
  renameSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { longestWaitMs } from "../testing/limits.ts";
import { checkOnce, type KeptCheck } from "./check-cache.ts";
import { planRun } from "./plan-run.ts";

let root: string;
const workdir = (): string => join(root, "work");
const beside = (): string => join(root, "home/collection/artifacts/workflows/noop");

beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), "skillmeat-kept-")));
  for (const folder of [workdir(), beside(), join(root, "user")]) mkdirSync(folder, { recursive: true });
  mkdirSync(join(workdir(), ".git"));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const text = `workflow: { id: noop, name: Noop }
context: { global_modules: ["ctx:rules"] }
stages:
  - id: one
    roles: { primary: { artifact: "agent:writer" } }
`;
const large = `${text}# ${"x".repeat(10_000)}\n`;
const agent = agentThat("write");
const namelessAgent = agent.replace("name: writer\n", "");

function check(definition = text): Promise<KeptCheck> {
  const surroundings = {
    beside: beside(),
    workdir: workdir(),
    home: join(root, "home"),
    userHome: join(root, "user"),
  };
  return checkOnce(
    { text: definition, file: join(beside(), "WORKFLOW.yaml"), beside: beside() },
    surroundings,
  );
}

/** Checks until a check is kept: what was changed just now leaves no trace in the times of its files. */
async function keptCheck(definition = text): Promise<KeptCheck> {
  const until = Date.now() + longestWaitMs;
  for (let last = await check(definition); Date.now() < until;) {
    const next = await check(definition);
    if (next === last) return next;
    last = next;
  }
  throw new Error("no check is ever kept");
}

function put(path: string, content: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), content);
}

function agentThat(verb: string): string {
  return `---\nname: writer\ndescription: An agent\n---\nYou ${verb}.\n`;
}

function promptOf({ artifacts }: KeptCheck): string | undefined {
  return artifacts.agent("agent:writer")?.prompt;
}

describe("checkOnce", () => {
  test.each([
    ["small", text],
    ["large", large],
  ])("checks a %s definition once while nothing changes", async (_, definition) => {
    put("work/.claude/agents/writer.md", agent);
    const kept = await keptCheck(definition);
    expect(await check(definition)).toBe(kept);
    expect(kept.checked.validation.valid).toBe(true);
  });

  test("checks another text of the same file", async () => {
    const kept = await keptCheck();
    const changed = await check(text.replace("Noop", "Other"));
    expect(changed).not.toBe(kept);
    expect(changed.checked.definition?.workflow.name).toBe("Other");
  });

  test("keeps no definition that does not hold", async () => {
    expect(await check("stages: 1\n")).not.toBe(await check("stages: 1\n"));
  });

  test("shares nothing between working directories", async () => {
    put("work/.claude/agents/writer.md", agent);
    await keptCheck();
    const elsewhere = {
      beside: beside(),
      workdir: join(root, "user"),
      home: join(root, "home"),
      userHome: "/nowhere",
    };
    const other = await checkOnce(
      { text, file: join(beside(), "WORKFLOW.yaml"), beside: beside() },
      elsewhere,
    );
    expect(other.artifacts.agent("agent:writer")).toBeNull();
  });

  test("forgets the checks that were not asked for longest", async () => {
    const kept = await keptCheck();
    for (let file = 0; file < 70; file++) {
      const surroundings = { beside: beside(), workdir: workdir(), home: join(root, "home"), userHome: root };
      await checkOnce({ text, file: `${file}.yaml`, beside: beside() }, surroundings);
    }
    expect(await check()).not.toBe(kept);
  });
});

test("what one run swaps, no other run has", async () => {
  put("work/.claude/agents/writer.md", agent);
  const free = text.replace("stages:", "config: { allow_overrides: true }\nstages:");
  const kept = await keptCheck(free);
  const plan = async (agents: [string, string][], modules: string[]) => {
    const source = { text: free, file: join(beside(), "WORKFLOW.yaml"), beside: beside(), workflow_id: null };
    const place = { home: join(root, "home"), userHome: join(root, "user"), log: () => {} };
    return planRun(
      {
        source,
        parameters: {},
        coerce: false,
        swaps: { agents, modules },
        swapNames: { agents: "agents", modules: "modules" },
        options: { workdir: workdir(), dispatcher: "simulated", env: {} },
      },
      { ...place, dispatch: { default: "simulated", agents: new Map() } },
    );
  };
  const before = structuredClone(kept.checked);
  const swapped = await plan([["one", "agent:other"]], ["ctx:more"]);
  expect(swapped.composed.definition.stages[0]?.roles?.primary.artifact).toBe("agent:other");
  expect(await check(free)).toBe(kept);
  expect(kept.checked).toEqual(before);
  expect((await plan([], [])).composed.definition.context.global_modules).toEqual(["ctx:rules"]);
});

describe("the next run sees", () => {
  test.each([
    ["small", text],
    ["large", large],
  ])("an agent's file that was changed, with a %s definition", async (_, definition) => {
    put("work/.claude/agents/writer.md", agent);
    expect(promptOf(await keptCheck(definition))).toContain("You write.");
    put("work/.claude/agents/writer.md", agentThat("WRITE"));
    expect(promptOf(await check(definition))).toContain("You WRITE.");
  });

  test("a change of the same length that kept the file's time", async () => {
    put("work/.claude/agents/writer.md", agent);
    const file = join(root, "work/.claude/agents/writer.md");
    utimesSync(file, 1_000_000, 1_000_000);
    await keptCheck();
    writeFileSync(file, agentThat("wrote"));
    utimesSync(file, 1_000_000, 1_000_000);
    expect(promptOf(await check())).toContain("You wrote.");
  });

  test("two changes right after each other", async () => {
    for (const word of ["a", "b", "c", "d"]) {
      put("work/.claude/agents/writer.md", agentThat(word));
      expect(promptOf(await check())).toContain(`You ${word}.`);
    }
  });

  test("an agent's file that was added, in a folder that was not there", async () => {
    expect(promptOf(await keptCheck())).toBeUndefined();
    put("work/.claude/agents/deep/writer.md", agent);
    expect(promptOf(await check())).toContain("You write.");
  });

  test("an agent's file that was removed", async () => {
    put("work/.claude/agents/writer.md", agent);
    await keptCheck();
    rmSync(join(root, "work/.claude/agents/writer.md"));
    expect(promptOf(await check())).toBeUndefined();
  });

  test("an agent's file that was renamed, and another that was moved into its place", async () => {
    put("work/.claude/agents/writer.md", namelessAgent);
    put("work/.claude/agents/other.md", namelessAgent.replace("write", "read"));
    await keptCheck();
    renameSync(join(root, "work/.claude/agents/writer.md"), join(root, "work/.claude/agents/author.md"));
    expect(promptOf(await check())).toBeUndefined();
    await keptCheck();
    renameSync(join(root, "work/.claude/agents/other.md"), join(root, "work/.claude/agents/writer.md"));
    expect(promptOf(await check())).toContain("You read.");
  });

  test.each(["home/collection/artifacts/workflows/noop/agents/writer.md", "work/.claude/agents/writer.md"])(
    "that %s hides an agent of the user",
    async (nearer) => {
      put("user/.claude/agents/writer.md", agent);
      await keptCheck();
      put(nearer, agentThat("shadow"));
      expect(promptOf(await check())).toContain("You shadow.");
    },
  );

  test("a link that leads to another file", async () => {
    put("work/.claude/one.md", agent);
    put("work/.claude/two.md", agentThat("link"));
    const link = join(root, "work/.claude/agents/writer.md");
    mkdirSync(dirname(link));
    symlinkSync("../one.md", link);
    expect(promptOf(await keptCheck())).toContain("You write.");
    rmSync(link);
    symlinkSync("../two.md", link);
    expect(promptOf(await check())).toContain("You link.");
  });

  test("a folder that became a link out of the project", async () => {
    put("work/.claude/agents/writer.md", agent);
    await keptCheck();
    renameSync(join(root, "work/.claude"), join(root, "claude"));
    symlinkSync(join(root, "claude"), join(root, "work/.claude"));
    expect(promptOf(await check())).toBeUndefined();
  });

  test("a context module that was added, changed and removed", async () => {
    const moduleText = ({ artifacts }: KeptCheck): string | undefined => artifacts.module("ctx:rules")?.text;
    expect(moduleText(await keptCheck())).toBeUndefined();
    put("work/.claude/context/rules.md", "Be kind.\n");
    expect(moduleText(await check())).toBe("Be kind.");
    await keptCheck();
    put("work/.claude/context/rules.md", "Be brief.\n");
    expect(moduleText(await check())).toBe("Be brief.");
    await keptCheck();
    rmSync(join(root, "work/.claude/context/rules.md"));
    expect(moduleText(await check())).toBeUndefined();
  });

  test("overrides that were added, changed and removed", async () => {
    const timeoutOf = ({ checked }: KeptCheck): string | undefined => checked.definition?.config.timeout;
    const usual = timeoutOf(await keptCheck());
    const file = "work/.skillmeat-workflow-overrides.yaml";
    put(file, "overrides: { noop: { config: { timeout: 1h } } }\n");
    expect(timeoutOf(await check())).toBe("1h");
    await keptCheck();
    put(file, "overrides: { noop: { config: { timeout: 3h } } }\n");
    expect(timeoutOf(await check())).toBe("3h");
    await keptCheck();
    rmSync(join(root, file));
    expect(timeoutOf(await check())).toBe(usual);
  });

  test("that links may be followed now", async () => {
    put("elsewhere/writer.md", agent);
    mkdirSync(join(workdir(), ".claude/agents"), { recursive: true });
    symlinkSync(join(root, "elsewhere/writer.md"), join(root, "work/.claude/agents/writer.md"));
    expect(promptOf(await keptCheck())).toBeUndefined();
    put("home/config.toml", "[workflow]\nfollow_links = true\n");
    expect(promptOf(await check())).toContain("You write.");
  });

  test("that another collection is the active one", async () => {
    put("home/collections/mine/agents/writer.md", agent);
    expect(promptOf(await keptCheck())).toBeUndefined();
    put("home/config.toml", '[settings]\ndefault-collection = "mine"\n');
    expect(promptOf(await check())).toContain("You write.");
  });
});

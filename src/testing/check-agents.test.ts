import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { checkAgents } from "./check-agents.ts";

const folder = mkdtempSync(join(tmpdir(), "skillmeat-agent-kinds-"));
const head = "name: helper\ndescription: Helps";

/** Files of the kinds that public collections of sub-agents have. */
const kinds: Record<string, string> = {
  "plain.md": `---\n${head}\ntools: Read, Write, Bash\nmodel: inherit\n---\n\nYou help.\n`,
  "talks.md": `---\nname: talks\ndescription: Use it when: asked. Examples:\\n\\n<example>\\nuser: "do it"\\n</example>\ncolor: red\n---\nHelp.\n`,
  "indented.md": `\n    ---\n    name: queues\n    description: Knows queues\n    model: claude-sonnet-4-20250514\n    ---\n\n## Focus\n`,
  "editor.md": `---\ndescription: Helps\nmodel: Claude Sonnet 4 (copilot)\ntools: ["codebase", "edit/editFiles", "Read", "fetch", "runTests", "new"]\n---\nHelp.\n`,
  "ruled.md": `---\n\n${head}\ntools: LS, Read\n-----------------\n\n# Helper\n`,
  "o'c++.md": `\n    ---\n    name: cpp\n    ---\n    Help.\n`,
  "limited.md": `---\n${head}\ndisallowedTools: [Write, Agent]\nmaxTurns: 25\neffort: medium\ntools:\n  - Read\n  - mcp__docs__*\n---\nHelp.\n`,
  "starts.md": `---\n${head}\ninitialPrompt: Begin at once.\nhooks:\n  Stop: []\n---\nHelp.\n`,
  "wild.md": `---\n${head}\npermissionMode: bypassPermissions\n---\nHelp.\n`,
  "readme.md": "# Agents\n\nThey live here.\n",
};

beforeAll(() => {
  for (const [name, text] of Object.entries(kinds)) writeFileSync(join(folder, name), text);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test("every kind of public agent file starts, or says at which line and why not", async () => {
  const checked = await checkAgents(folder);
  const told = checked.map(({ file, starts, problem, warnings }) => [
    file,
    starts,
    problem?.split(", which ")[0] ?? null,
    warnings,
  ]);
  const noFront = "readme.md:1: it has no front matter, so it is no agent";
  expect(told).toEqual([
    [
      "editor.md",
      true,
      null,
      [
        expect.stringMatching(
          /^"model" of editor\.md:3 is "Claude Sonnet 4 \(copilot\)", which is no name of a model/,
        ),
        expect.stringMatching(
          /^"tools" of editor\.md:4 has "codebase", "edit\/editFiles", "fetch" and 2 more, which/,
        ),
      ],
    ],
    ["indented.md", true, null, []],
    ["limited.md", true, null, []],
    ["o'c++.md", true, null, []],
    ["plain.md", true, null, []],
    ["readme.md", false, expect.stringContaining(noFront), []],
    ["ruled.md", true, null, []],
    [
      "starts.md",
      true,
      null,
      ["hooks", "initialPrompt"].map((key) =>
        expect.stringMatching(new RegExp(`^"${key}" of starts.md:\\d has no effect with the dispatcher`)),
      ),
    ],
    ["talks.md", true, null, []],
    ["wild.md", false, expect.stringContaining('"permissionMode" of wild.md:4 is "bypassPermissions"'), []],
  ]);
});

test("under codex, a warning names each key that it cannot honour, with its line", async () => {
  const limited = (await checkAgents(folder, "codex")).find(({ file }) => file === "limited.md");
  expect(limited).toMatchObject({ starts: true, problem: null });
  expect(limited?.warnings.map((text) => text.split(" has ")[0])).toEqual([
    '"tools" of limited.md:7',
    '"disallowedTools" of limited.md:4',
    '"maxTurns" of limited.md:5',
  ]);
});

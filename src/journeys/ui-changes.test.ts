import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "bun:test";
import { hasEnded } from "../execution/status.ts";
import { aRepository, gitIn } from "../testing/a-repository.ts";
import { until } from "../testing/journey-until.ts";
import { axeFindings, goesSideways, hasChromium, shot, sites, tabTo, type Site } from "./ui-browser.ts";

/** What a stage has changed in its worktree, on the page of its run. */

const { site, visit } = sites();

const evil = `<img src=x onerror=window.pwned=1>`;
const definition = `workflow: { id: work, name: Change files }
config: { workspace: worktree }
error_policy: { default_retry: { max_attempts: 1 } }
stages:
  - { id: commits, name: Commits, commit: success, roles: { primary: agent:changer } }
  - { id: leaves, name: Leaves it there, depends_on: [commits], roles: { primary: agent:changer } }
  - { id: idle, name: Does nothing, depends_on: [commits], roles: { primary: agent:idler } }
  - { id: shared, name: Without a worktree, depends_on: [commits], workspace: shared, roles: { primary: agent:idler } }
`;

const change = `printf 'a\\0b\\377' >"$SKILLMEAT_STAGE_ID.bin"
sed -i "s|^const token = .*|const token = readOnce(); // ${evil}|" session.ts
[ -e old-name.md ] && mv old-name.md "new name.md"
for line in $(seq 900); do echo "$SKILLMEAT_STAGE_ID $line"; done >"$SKILLMEAT_STAGE_ID.txt"
echo "more of it" >>"$SKILLMEAT_STAGE_ID.txt"`;

function writeAgent({ journey }: Site, name: string, script: string): void {
  const head = `name: ${name}\ndescription: Works\ndispatcher: command\ncommand: ["./${name}.sh"]`;
  journey.write(`.claude/agents/${name}.md`, `---\n${head}\n---\nWork.\n`);
  journey.write(`.claude/agents/${name}.sh`, `#!/bin/sh\n${script}\n`);
}

function writeRepository(folder: string): void {
  const session = Array.from({ length: 40 }, (_, at) =>
    at === 20 ? "const token = read();" : `const line${at} = "a value";`,
  );
  mkdirSync(folder, { recursive: true });
  aRepository(folder);
  writeFileSync(join(folder, "session.ts"), `${session.join("\n")}\n`);
  writeFileSync(join(folder, "old-name.md"), `${"A text that stays the same.\n".repeat(20)}`);
  gitIn(folder, "add", "session.ts", "old-name.md");
  gitIn(folder, "commit", "--quiet", "--message", "Files");
}

describe.skipIf(!hasChromium)("the changes of a stage", () => {
  let place: Site;
  let path = "";

  beforeAll(async () => {
    place = await site("changes", [definition]);
    writeRepository(place.journey.folder);
    writeAgent(place, "changer", change);
    writeAgent(place, "idler", "true");
    const runId = await place.start("work");
    const { status, steps } = await until("it has ended", async () => {
      const execution = await place.execution(runId);
      return hasEnded(execution.status) && execution;
    });
    const errors = steps.flatMap(({ error_message }) => error_message ?? []);
    expect({ status, errors }).toEqual({ status: "completed", errors: [] });
    path = `/workflows/work/executions/${runId}`;
  });

  test("are shown file by file: what was removed and added, as text, and binary files by their name", async () => {
    const page = await visit(place, `${path}?stage=commits`);
    await page.locator("#stage-tabs a", { hasText: "Changes" }).click();
    await page.locator(".changes-head", { hasText: "4 files" }).waitFor();
    expect(await page.locator(".changed-file .path").allInnerTexts()).toEqual([
      "commits.bin",
      "commits.txt",
      "new name.md",
      "session.ts",
    ]);
    const file = (name: string) => page.locator(".changed-file", { hasText: name });
    await file("commits.bin").getByText("A binary file, whose content is not shown.").waitFor();
    await file("session.ts").locator("summary").click();
    expect(await file("session.ts").locator(".diff .removed").innerText()).toContain("const token = read();");
    expect(await file("session.ts").locator(".diff .added").innerText()).toContain(evil);
    expect(await page.evaluate("window.pwned")).toBeUndefined();
    expect(await file("session.ts").locator(".diff .added .at").nth(1).innerText()).toBe("21");
    await file("new name.md").locator("summary").click();
    await file("new name.md").getByText("Its earlier name: old-name.md").waitFor();
    await file("commits.txt").locator("summary").click();
    await file("commits.txt").getByText("402 more lines not shown here.").waitFor();
    expect(await page.locator(".changes-head").innerText()).toMatch(/\+902\s+−1\s+commit [0-9a-f]{12}/);
    const [answer] = await Promise.all([
      page.waitForResponse(/\/steps\/commits\/diff$/),
      page.getByRole("link", { name: "Diff as text" }).click(),
    ]);
    expect(await answer.text()).toContain("Binary files /dev/null and b/commits.bin differ");
  });

  test("are those in the worktree where nothing is committed", async () => {
    const page = await visit(place, `${path}?stage=leaves&tab=changes`);
    await page.locator(".changes-head", { hasText: "not committed" }).waitFor();
    expect(await page.locator(".changed-file .path").allInnerTexts()).toEqual(["leaves.bin", "leaves.txt"]);
  });

  test.each(["idle", "shared"])("have no tab where there can be none: stage %s", async (stage) => {
    const page = await visit(place, `${path}?stage=${stage}`);
    await page.locator("#stage-tabs a").first().waitFor();
    expect(await page.locator("#stage-tabs a", { hasText: "Changes" }).count()).toBe(0);
    await page.goto(`${place.url}${path}?stage=${stage}&tab=changes`);
    await page.getByText("This stage has neither a git worktree nor a commit.").waitFor();
  });

  test("are opened and read by keyboard alone", async () => {
    const page = await visit(place, `${path}?stage=commits&tab=changes`);
    const file = page.locator(".changed-file", { hasText: "session.ts" });
    await tabTo(page, file.locator("summary"));
    await page.keyboard.press("Enter");
    await file.locator(".diff .added").waitFor();
    await tabTo(page, file.locator(".diff"));
    await page.keyboard.press("Shift+Tab");
    await page.keyboard.press("Enter");
    await file.locator(".diff .added").waitFor({ state: "hidden" });
  });

  test.each([
    [1280, "light"],
    [1280, "dark"],
    [390, "light"],
    [390, "dark"],
  ] as const)("can be read by everybody, at %i px in %s", async (width, theme) => {
    const page = await visit(place, `${path}?stage=commits&tab=changes`, { width, theme });
    await page.locator(".changed-file", { hasText: "session.ts" }).locator("summary").click();
    await page.locator(".diff .added", { hasText: "readOnce" }).scrollIntoViewIfNeeded();
    expect(await goesSideways(page)).toBe(false);
    await shot(page, `changes-${width}-${theme}`);
    expect(await axeFindings(page)).toEqual([]);
  });

  test("are there without scripts", async () => {
    const page = await visit(place, `${path}?stage=commits&tab=changes`, { scripts: false });
    await page.locator(".changed-file", { hasText: "session.ts" }).locator("summary").click();
    await page.locator(".diff .added", { hasText: "readOnce" }).waitFor();
  });
});

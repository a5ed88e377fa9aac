import { rmSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "bun:test";
import { until } from "../testing/journey-until.ts";
import { axeFindings, goesSideways, hasChromium, shot, sites, tabTo, type Site } from "./ui-browser.ts";

const { site, visit } = sites();

const workflow = `workflow: { id: count, name: Count the lines }
stages:
  - { id: count, name: Count, roles: { primary: agent:counter } }
`;
const script = `#!/bin/sh
cat >/dev/null
[ -e "$SKILLMEAT_WORKDIR/fail" ] && exit 66
echo '{"input": 1200, "output": 80, "cost_usd": 0.25, "model": "small"}' >"$SKILLMEAT_USAGE"
echo "lines=42" >>"$SKILLMEAT_OUTPUT_KV"
`;

async function aSiteOfAgents(name: string): Promise<Site> {
  const place = await site(name, []);
  const { journey } = place;
  const head = 'description: Counts lines\ndispatcher: command\ncommand: ["./counter.sh"]';
  journey.write(".claude/agents/counter.md", `---\nname: counter\n${head}\n---\nCount.\n`);
  journey.write(".claude/agents/counter.sh", script);
  const tools = "tools: Read, Grep, Glob, Bash(git diff:*), Bash(git log:*)";
  const reviewer = `name: reviewer\ndescription: Reviews a change\nmodel: sonnet\n${tools}`;
  journey.write(".claude/agents/reviewer.md", `---\n${reviewer}\n---\nReview.\n`);
  journey.write(".claude/agents/broken.md", "---\nname: broken\ncommand: run.sh\n---\n");
  const headers = { "content-type": "application/yaml" };
  await fetch(`${place.url}/api/v1/workflows`, { method: "POST", headers, body: workflow });
  return place;
}

async function runToEnd(place: Site): Promise<void> {
  const runId = await place.start("count");
  await until("it has ended", async () => (await place.execution(runId)).completed_at !== null);
}

describe.skipIf(!hasChromium)("the page of agents", () => {
  test("shows what each is, where it is used, and how its runs of 30 days have ended", async () => {
    const place = await aSiteOfAgents("agents");
    await runToEnd(place);
    await runToEnd(place);
    place.journey.write("fail", "");
    await runToEnd(place);
    const troubles: string[] = [];
    for (const width of [1280, 390]) {
      for (const theme of ["light", "dark"] as const) {
        const page = await visit(place, "/agents", { width, theme });
        troubles.push(...(await axeFindings(page)));
        if (await goesSideways(page)) troubles.push(`goes sideways at ${width}`);
        await shot(page, `agents-${theme}-${width}`);
        await page.goto(`${place.url}/agents/try?agent=agent:reviewer`);
        troubles.push(...(await axeFindings(page)));
        if (await goesSideways(page)) troubles.push(`the form goes sideways at ${width}`);
        await shot(page, `try-${theme}-${width}`);
      }
    }
    expect(troubles).toEqual([]);
    const page = await visit(place, "/workflows");
    await page.getByRole("link", { name: /^Agents/ }).click();
    const counter = await page.locator("#counter").innerText();
    for (const fact of ["command", "its program's own model", "no tools named", "Used by Count the lines"])
      expect(counter).toContain(fact);
    for (const fact of ["3 runs in 30 days", "66% succeeded", "$0.50"]) expect(counter).toContain(fact);
    const reviewer = await page.locator("#reviewer").innerText();
    for (const fact of ["claude-code", "sonnet", "Bash(git diff:*)", "Not run in the last 30 days"])
      expect(reviewer).toContain(fact);
    expect(await page.locator("#broken").innerText()).toContain('broken.md:3: "command" must be a list');
    expect(await page.locator("#broken").getByRole("link", { name: "Try" }).count()).toBe(0);
  });

  test("has several pages for more than a hundred, and a run leads to its agent on any of them", async () => {
    const place = await aSiteOfAgents("many-agents");
    for (let at = 0; at < 120; at++) {
      place.journey.write(`.claude/agents/a${at}.md`, `---\nname: a${at}\ndescription: d\n---\n`);
    }
    const page = await visit(place, "/agents?search=a");
    expect(await page.locator(".bar [role=status]").innerText()).toBe("124 agents");
    expect(await page.locator(".item").count()).toBe(100);
    await page.getByRole("link", { name: "Next" }).click();
    await page.getByRole("link", { name: "Previous" }).waitFor();
    expect(await page.locator(".item").count()).toBe(24);
    expect(await page.locator("#counter").count()).toBe(1);
    const runId = await place.start("count");
    await page.goto(`${place.url}/workflows/count/executions/${runId}`);
    await page.locator('a.ref[href*="#counter"]').first().click();
    await page.waitForURL(/#counter$/);
    await page.locator("#counter").waitFor();
  });

  test("says so when there is none, and when none fits", async () => {
    const place = await site("no-agents", []);
    rmSync(join(place.journey.folder, ".claude/agents"), { recursive: true });
    const page = await visit(place, "/agents");
    expect(await page.locator(".empty").innerText()).toContain("No agent is here");
    await shot(page, "agents-none");
    place.journey.write(".claude/agents/one.md", "---\nname: one\ndescription: d\n---\n");
    await page.goto(`${place.url}/agents?search=two`);
    expect(await page.locator(".empty").innerText()).toContain("No agent matches");
  });
});

describe.skipIf(!hasChromium)("an agent is tried", () => {
  test("and what is missing here for it is said with the way out, before anything starts", async () => {
    const place = await site("try-missing", []);
    const missing = 'name: absent\ndescription: d\ndispatcher: acp\ncommand: ["no-such-program-x"]';
    place.journey.write(".claude/agents/absent.md", `---\n${missing}\n---\n`);
    const page = await visit(place, "/agents/try?agent=agent:absent");
    await page.getByLabel("Prompt").fill("Go.");
    await page.getByRole("button", { name: "Run", exact: true }).click();
    const notice = page.getByRole("alert");
    await notice.waitFor();
    const told = await notice.innerText();
    expect(told).toStartWith(
      'agent "agent:absent" runs "no-such-program-x", which is not in PATH. install it',
    );
    expect(await axeFindings(page)).toEqual([]);
    await shot(page, "try-missing");
    await page.goto(`${place.url}/agents/try?agent=agent:nobody`);
    expect(await page.locator("main").innerText()).toContain('there is no agent "agent:nobody"');
  });

  test("by keys alone: a prompt, a typed output, and the page of its run", async () => {
    const place = await aSiteOfAgents("try");
    const page = await visit(place, "/agents");
    await tabTo(page, page.getByRole("link", { name: "Try counter" }));
    await page.keyboard.press("Enter");
    await page.waitForURL(/agents\/try/);
    await tabTo(page, page.getByLabel("Prompt"));
    await page.keyboard.type("Count the lines of ${{ this }}.");
    await tabTo(page, page.getByLabel("Name of output 1"));
    await page.keyboard.type("lines");
    await page.keyboard.press("Tab");
    await page.keyboard.type("integer");
    await tabTo(page, page.getByRole("button", { name: "Run", exact: true }));
    await page.keyboard.press("Enter");
    await page.waitForURL(/workflows\/try-counter\/executions\//);
    const runId = page.url().split("/").at(-1) ?? "";
    await until("it has ended", async () => (await place.execution(runId)).completed_at !== null);
    const { status, trigger, parameters, steps } = await place.execution(runId);
    expect({ status, trigger, parameters }).toEqual({
      status: "completed",
      trigger: "manual",
      parameters: { prompt: "Count the lines of ${{ this }}." },
    });
    expect(steps[0]?.outputs).toEqual({ lines: 42 });
    await shot(page, "try-run");
    await page.locator("header").getByRole("link", { name: "Executions" }).click();
    expect(await page.locator("tbody tr").first().innerText()).toContain("Try counter");
    await page.goto(`${place.url}/agents`);
    expect(await page.locator("#counter").innerText()).toContain("1 run in 30 days");
  });

  test("without scripts, and what is wrong is said with all that was filled in", async () => {
    const place = await aSiteOfAgents("try-plain");
    const page = await visit(place, "/agents/try?agent=agent:counter", { scripts: false });
    await page.getByLabel("Prompt").fill("Count.");
    await page.getByText("Another working directory").click();
    await page.getByLabel("Working directory").fill("/");
    await page.getByRole("button", { name: "Run", exact: true }).click();
    for (const told of [page.getByRole("alert"), page.locator(".bad")])
      expect(await told.innerText()).toContain("lies outside of where runs may work");
    expect(await page.getByLabel("Prompt").inputValue()).toBe("Count.");
    await shot(page, "try-wrong");
    await page.getByLabel("Working directory").fill("");
    await page.getByLabel("Name of output 1").fill("lines");
    await page.getByRole("button", { name: "Run", exact: true }).click();
    expect(page.url()).toContain("/workflows/try-counter/executions/");
  });
});

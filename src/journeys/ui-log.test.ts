import { describe, expect, test } from "bun:test";
import { until } from "../testing/journey-until.ts";
import { hasChromium, lineNumbers, shot, sites } from "./ui-browser.ts";

const { site, visit } = sites();

const bulk = (id: string): string => `workflow: { id: ${id}, name: ${id} }
stages:
  - id: speak
    name: Speak
    roles: { primary: agent:${id} }
`;

function agent(name: string): string {
  return `---\nname: ${name}\ndescription: Says much\ndispatcher: command\ncommand: ["./${name}.sh"]\n---\nTalk.\n`;
}

describe.skipIf(!hasChromium)("a long log", () => {
  test("of 50,000 lines opens at its end; its start, a line by link and a search are found", async () => {
    const place = await site("long", []);
    const { journey } = place;
    journey.write(".claude/agents/much.md", agent("much"));
    journey.write(".claude/agents/much.sh", "#!/bin/sh\nseq -f 'line %.0f of many' 1 50000\n");
    await journey.run(["workflow", "create", journey.write("much.yaml", bulk("much"))]);
    const runId = await place.start("much");
    await until("it has ended", async () => (await place.execution(runId)).status === "completed");
    const path = `/workflows/much/executions/${runId}`;
    const page = await visit(place, "/workflows");
    await page.goto(place.url + path);
    await page.locator("#L50000").waitFor();
    expect(await page.locator("#log-count").innerText()).toBe("50000");
    await page.evaluate('document.getElementById("log").scrollTo(0, 0)');
    await page.locator("#L48001").waitFor();
    await page.goto(`${place.url}${path}#L123`);
    await page.locator("#L123:target").waitFor();
    expect(await page.locator("#L123 > span").innerText()).toBe("line 123 of many");
    await page.goto(`${place.url}${path}?search=line+4321+of`);
    expect(await lineNumbers(page)).toEqual([4321]);
    await shot(page, "log-search");
  });

  test("is followed at a thousand lines a second, none left out", async () => {
    const place = await site("fast", []);
    const { journey } = place;
    journey.write(".claude/agents/fast.md", agent("fast"));
    journey.write(
      ".claude/agents/fast.sh",
      `#!/bin/sh\ni=0\nwhile [ $i -lt 50 ]; do seq -f "line $i-%.0f of many, coloured \u001b[32mgreen\u001b[0m" 1 100; i=$((i + 1)); sleep 0.09; done\n`,
    );
    await journey.run(["workflow", "create", journey.write("fast.yaml", bulk("fast"))]);
    const runId = await place.start("fast");
    const page = await visit(place, `/workflows/fast/executions/${runId}`);
    await until("it has ended", async () => (await place.execution(runId)).status === "completed");
    await page.locator("#L5000").waitFor();
    const numbers = await lineNumbers(page);
    expect(numbers).toEqual(numbers.map((_, at) => at + (numbers[0] ?? 0)));
    expect(await page.locator("#log-count").innerText()).toBe("5000");
    const left = `(() => { const { scrollHeight, scrollTop, clientHeight } = document.getElementById("log");
      return scrollHeight - scrollTop - clientHeight; })()`;
    await until("its end is in sight", async () => Number(await page.evaluate(left)) < 60);
  });
});

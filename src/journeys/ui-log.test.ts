import { describe, expect, test } from "bun:test";
import type { Page, Route } from "playwright-core";
import { until } from "../testing/journey-until.ts";
import { hasChromium, lineNumbers, shot, sites, type Site } from "./ui-browser.ts";

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

/** A run that has said 50,000 lines and ended. */
let long: { place: Site; path: string } | null = null;

async function longLog(): Promise<{ place: Site; path: string }> {
  if (long) return long;
  const place = await site("long", []);
  const { journey } = place;
  const script = `#!/bin/sh
seq -f 'line %.0f of many' 1 50000 | sed -e '2s/.*/error: two/' -e '7s/.*/warning: seven/' -e '49000s/^/ERROR /'
`;
  journey.write(".claude/agents/much.md", agent("much"));
  journey.write(".claude/agents/much.sh", script);
  await journey.run(["workflow", "create", journey.write("much.yaml", bulk("much"))]);
  const runId = await place.start("much");
  await until("it has ended", async () => (await place.execution(runId)).status === "completed");
  long = { place, path: `/workflows/much/executions/${runId}` };
  return long;
}

const drawn = "new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))";

/** The number of the line at the top of the log. */
async function firstInSight(page: Page): Promise<number> {
  const id = await page.evaluate(`(() => {
    const { top } = document.getElementById("log").getBoundingClientRect();
    return [...document.querySelectorAll(".ln")].find((line) => line.getBoundingClientRect().top >= top).id;
  })()`);
  return Number((id as string).slice(1));
}

describe.skipIf(!hasChromium)("a long log", () => {
  test("of 50,000 lines opens at its end; its start, a line by link and a search are found", async () => {
    const { place, path } = await longLog();
    const page = await visit(place, path);
    await page.locator("#L50000").waitFor();
    expect(await page.locator("#log-count").innerText()).toBe("50000");
    await page.evaluate('document.getElementById("log").scrollTo(0, 0)');
    await page.locator("#L48001").waitFor({ state: "attached" });
    await page.goto(`${place.url}${path}#L123`);
    await page.locator("#L123:target").waitFor();
    expect(await page.locator("#L123 > span").innerText()).toBe("line 123 of many");
    await page.goto(`${place.url}${path}?search=line+4321+of`);
    expect(await lineNumbers(page)).toEqual([4321]);
    await shot(page, "log-search");
  });

  test("of 50,000 lines brings one part a gesture, and keeps the reader's place", async () => {
    const { place, path } = await longLog();
    const page = await visit(place, path);
    await page.locator("#L50000").waitFor();
    const gestures: [string, () => Promise<unknown>][] = [
      ["L48001", () => page.keyboard.press("Home")],
      ["L47001", () => page.keyboard.press("Home")],
      // As its scrollbar does. One turn of a wheel can be lost while a busy browser draws; a person turns it again.
      ["L46001", () => page.evaluate('document.getElementById("log").scrollTo(0, 0)')],
    ];
    await page.locator("#log").focus();
    // The page goes to its end by itself, once; the reader moves after that.
    await page.waitForFunction(
      "(({ scrollHeight, scrollTop, clientHeight }) => scrollHeight - scrollTop - clientHeight < 2)(document.getElementById('log'))",
    );
    const parts: string[] = [];
    page.on("request", (request) => {
      if (new URL(request.url()).searchParams.has("before")) parts.push(request.url());
    });
    for (const [at, [first, gesture]] of gestures.entries()) {
      const [top = 0] = await lineNumbers(page);
      await gesture();
      await page.locator(`#${first}`).waitFor({ state: "attached" });
      await page.evaluate(drawn);
      // The line that was the first stays at the top.
      expect(Math.abs((await firstInSight(page)) - top)).toBeLessThanOrEqual(1);
      expect((await lineNumbers(page))[0]).toBe(Number(first.slice(1)));
      expect(parts.length).toBe(at + 1);
    }
    await page.getByRole("link", { name: "To the start of the log" }).click();
    await page.locator("#L1:target").waitFor();
    await page.getByRole("link", { name: "The lines after these" }).click();
    await page.locator("#L1001:target").waitFor();
    expect((await lineNumbers(page)).slice(0, 2)).toEqual([1001, 1002]);
  });

  test("of 50,000 lines lets the reader move while a part is on its way", async () => {
    const { place, path } = await longLog();
    const page = await visit(place, path);
    await page.locator("#L50000").waitFor();
    const asked = Promise.withResolvers<Route>();
    await page.route(/[?&]before=/, (route) => asked.resolve(route));
    await page.locator("[data-load-earlier]").click();
    const route = await asked.promise;
    await page.evaluate('document.getElementById("log").scrollTo(0, 3000)');
    await page.evaluate(drawn);
    const read = await firstInSight(page);
    await route.continue();
    await page.locator("#L48001").waitFor({ state: "attached" });
    await page.evaluate(drawn);
    expect(Math.abs((await firstInSight(page)) - read)).toBeLessThanOrEqual(1);
  });

  test("is narrowed to a level over its whole length, with counts, in the address", async () => {
    const { place, path } = await longLog();
    const page = await visit(place, path);
    await page.locator("#log-levels button").click();
    await shot(page, "log-levels");
    expect(await page.locator("#levels a").allInnerTexts()).toEqual([
      "All levels",
      "Warnings and errors\n3",
      "Errors\n2",
    ]);
    await page.locator("#levels a", { hasText: /^Errors/ }).click();
    await page.waitForURL(/level=error/);
    expect(await lineNumbers(page)).toEqual([2, 49_000]);
    expect(await page.locator(".logbar").innerText()).toContain("2 lines found");
    await page.goto(`${place.url}${path}?level=warn&search=seven`);
    expect(await lineNumbers(page)).toEqual([7]);
    const view = await page.getByRole("link", { name: "This view" }).getAttribute("href");
    expect(await (await page.request.get(place.url + view)).text()).toBe("warning: seven\n");
  });

  test("that has ended has no end to jump to", async () => {
    const { place, path } = await longLog();
    const page = await visit(place, path);
    await page.locator("#L50000").waitFor();
    await page.evaluate('document.getElementById("log").scrollTo(0, 5000)');
    await page.evaluate(drawn);
    expect(await page.locator("[data-follow]").isVisible()).toBe(false);
  });

  test.each([1280, 390])(
    "keeps its numbers of five digits apart from what follows them, at %i px",
    async (width) => {
      const { place, path } = await longLog();
      const page = await visit(place, path, { width });
      await page.locator("#L50000").waitFor();
      const gap = await page.evaluate(`(() => {
      const [number, ...others] = document.getElementById("L50000").children;
      const digits = document.createRange();
      digits.selectNodeContents(number);
      const next = others.map((each) => each.getBoundingClientRect()).filter(({ width }) => width > 0);
      return Math.min(...next.map(({ left }) => left)) - digits.getBoundingClientRect().right;
    })()`);
      expect(gap).toBeGreaterThanOrEqual(8);
      await shot(page, `log-digits-${width}`);
    },
  );

  test("offers to jump to the latest line only until its run has ended", async () => {
    const place = await site("ends");
    place.hold(150);
    const runId = await place.start("lone");
    const page = await visit(place, `/workflows/lone/executions/${runId}`);
    await page.locator("#L150").waitFor();
    await page.evaluate('document.getElementById("log").scrollTo(0, 0)');
    const jump = page.locator("[data-follow]", { hasText: "Jump to latest" });
    await jump.waitFor();
    place.release();
    await until("it has ended", async () => (await place.execution(runId)).status === "completed");
    await jump.waitFor({ state: "hidden" });
    await page.evaluate('document.getElementById("log").scrollTo(0, 500)');
    await page.evaluate(drawn);
    expect(await page.locator("[data-follow]").isVisible()).toBe(false);
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

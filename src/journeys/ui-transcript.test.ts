import { beforeAll, describe, expect, test } from "bun:test";
import type { Page } from "playwright-core";
import {
  begins,
  calls,
  ends,
  plans,
  returns,
  says,
  starts,
  thinks,
  writes,
} from "../testing/claude-stream.ts";
import { until } from "../testing/journey-until.ts";
import { openClaudeSite, type ClaudeSite } from "./claude-site.ts";
import { axeFindings, goesSideways, hasChromium, shot, sites, tabTo, type Site } from "./ui-browser.ts";

const { site, visit } = sites();

const claudeSite = (name: string, ...parts: string[][]): Promise<ClaudeSite> =>
  openClaudeSite(site, name, parts);

async function ended({ place }: ClaudeSite): Promise<string> {
  const runId = await place.start("code");
  await until("it has ended", async () => (await place.execution(runId)).status === "completed");
  return `/workflows/code/executions/${runId}`;
}

const evil = `<img src=x onerror=window.pwned=1>`;
const whole = [
  begins(),
  thinks("The token is set in **two** places. I look at both before I change either of them."),
  says(
    `I will make the session client the **single owner** of the cookie.\n\n- read \`session.ts\`\n- change it\n- run the tests\n\n${evil}`,
  ),
  plans("p1", ["Read the client", "in_progress"], ["Change the owner", "pending"], ["Test", "pending"]),
  returns("p1", "Todos have been modified"),
  calls("r1", "Read", { file_path: "src/ui/session-client.ts" }),
  returns("r1", Array.from({ length: 40 }, (_, at) => `${at + 1}\tconst line${at} = ${at};`).join("\n")),
  calls("a1", "Agent", {
    description: "Find every caller of refresh()",
    prompt: "Look.",
    subagent_type: "x",
  }),
  calls("g1", "Grep", { pattern: "refresh\\(", path: "src" }, "a1"),
  returns("g1", "src/api.ts:12\nsrc/ui/app.ts:88", { parent: "a1" }),
  says("Two callers: `src/api.ts` and `src/ui/app.ts`.", "a1"),
  returns("a1", "Two callers."),
  calls("e1", "Edit", {
    file_path: "src/ui/session-client.ts",
    old_string: "const token = read();\nset(token);\nset(token, path);\nreturn token;",
    new_string: "const token = read();\nsetOnce(token);\nreturn token;",
  }),
  returns("e1", "The file has been updated"),
  calls("b1", "Bash", { command: "bun test src/ui --reporter=dots", description: "Runs the tests" }),
  returns(
    "b1",
    "\u001b[32m41 pass\u001b[0m\n\u001b[31m1 fail\u001b[0m\nexpected 1 Set-Cookie header, received 2",
    {
      isError: true,
    },
  ),
  plans("p2", ["Read the client", "completed"], ["Change the owner", "in_progress"], ["Test", "pending"]),
  returns("p2", "Todos have been modified"),
  calls("w1", "WebFetch", { url: "https://example.org/cookies", prompt: "What does the standard say?" }),
  returns("w1", "One header for each cookie."),
  calls("b2", "Bash", { command: "bun test src/ui" }),
  returns("b2", "42 pass"),
  says("All 42 tests pass. The client is the only owner now."),
  ends(),
];

/** The line of the call with this name, from its icon to its tick. */
const call = (page: Page, title: string) => page.locator("details.call > summary", { hasText: title });

const gapToEnd = `(() => { const { scrollHeight, scrollTop, clientHeight } = document.getElementById("log");
  return scrollHeight - scrollTop - clientHeight; })()`;

describe.skipIf(!hasChromium)("a transcript that grows", () => {
  test.each([1280, 390])("appears live in the place of the empty log, at %i px", async (width) => {
    const claude = await claudeSite(
      `grows-${width}`,
      [],
      [begins(), says("First **look**."), calls("b1", "Bash", { command: "make all" })],
      [calls("a1", "Agent", { description: "Look around" }), says("from below", "a1")],
      [returns("b1", "built"), plans("p", ["one", "completed"], ["two", "in_progress"])],
      [says("Last."), ends()],
    );
    const { place, next } = claude;
    const runId = await place.start("code");
    const page = await visit(place, `/workflows/code/executions/${runId}`, { width });
    await page.locator("#log-note", { hasText: "Waiting for logs" }).waitFor();
    next();
    await page.locator(".ev.is-message strong", { hasText: "look" }).waitFor();
    expect(await page.locator("#stage-tabs [aria-current]").innerText()).toContain("Transcript");
    await call(page, "make all").getByText("running").waitFor();
    await call(page, "make all").click();
    next();
    await page.locator(".sub .ev", { hasText: "from below" }).waitFor();
    next();
    await call(page, "make all").getByText("✓").waitFor();
    // What the reader has opened stays open.
    await page.locator(".returned", { hasText: "built" }).waitFor();
    await page.locator("#transcript-plan summary", { hasText: "1 of 2 done" }).waitFor();
    await shot(page, `transcript-live-${width}`);
    next();
    await page.locator("#transcript-meter", { hasText: "$0.42" }).waitFor();
    await page.locator("#run-head .badge", { hasText: "Completed" }).waitFor();
    await call(page, "Look around").getByText("no result").waitFor();
    const numbers = await page.locator(".ev").evaluateAll((all) => all.map(({ id }) => id));
    expect(new Set(numbers).size).toBe(numbers.length);
    await page.reload();
    expect(await page.locator(".ev").count()).toBe(numbers.length);
  });

  test.each([1280, 390])(
    "shows what the agent is writing until the message is whole, at %i px",
    async (width) => {
      const claude = await claudeSite(
        `writes-${width}`,
        [],
        [begins(), starts("m1"), writes("First **lo")],
        [writes(`ok** at ${evil}`)],
        [says(`First **look** at ${evil}`), starts("m2"), writes("Then the end")],
        [says("Then the end."), ends()],
      );
      const { place, next } = claude;
      const runId = await place.start("code");
      const page = await visit(place, `/workflows/code/executions/${runId}`, { width });
      await page.locator("#log-note", { hasText: "Waiting for logs" }).waitFor();
      next();
      const partial = page.locator("#partial-text");
      await partial.getByText("First **lo").waitFor();
      next();
      await until("it goes on", async () => (await partial.innerText()) === `First **look** at ${evil}`);
      expect(await page.evaluate("window.pwned")).toBeUndefined();
      await shot(page, `transcript-partial-${width}`);
      expect(await goesSideways(page)).toBe(false);
      if (width > 500) {
        await page.reload();
        await until("it is there again", async () => (await partial.allInnerTexts()).join("").endsWith(evil));
      }
      next();
      await page.locator(".ev.is-message strong", { hasText: "look" }).waitFor();
      await partial.getByText("Then the end").waitFor();
      expect(await partial.innerText()).toBe("Then the end");
      next();
      await page.locator(".ev.is-message", { hasText: "Then the end." }).waitFor();
      await page.locator("#run-head .badge", { hasText: "Completed" }).waitFor();
      expect(await partial.count()).toBe(0);
    },
  );

  test("is followed only while the reader is at its end", async () => {
    const messages = Array.from({ length: 80 }, (_, at) => says(`message ${at}`));
    const claude = await claudeSite(
      "follows",
      [begins(), ...messages],
      [says("one more")],
      [says("another")],
      [says("and another")],
      [ends()],
    );
    const { place, next } = claude;
    const runId = await place.start("code");
    const page = await visit(place, `/workflows/code/executions/${runId}`);
    await page.locator(".ev", { hasText: "message 79" }).waitFor();
    next();
    await page.locator(".ev", { hasText: "one more" }).waitFor();
    await until("its end is in sight", async () => Number(await page.evaluate(gapToEnd)) < 40);
    await page.evaluate('document.getElementById("log").scrollTo(0, 100)');
    await page.locator("[data-follow]", { hasText: "Jump to latest" }).waitFor();
    next();
    await page.locator(".ev", { hasText: "another" }).waitFor({ state: "attached" });
    expect(await page.evaluate('document.getElementById("log").scrollTop')).toBe(100);
    await page.locator("[data-follow]").click();
    next();
    await page.locator(".ev", { hasText: "and another" }).waitFor();
    await until("its end is in sight", async () => Number(await page.evaluate(gapToEnd)) < 40);
    next();
  });
});

describe.skipIf(!hasChromium)("a transcript that is whole", () => {
  let place: Site;
  let path = "";

  beforeAll(async () => {
    const claude = await claudeSite("whole", whole);
    place = claude.place;
    path = await ended(claude);
  });

  test("shows a message, a sub-agent, an edit and a failed command, which open by mouse", async () => {
    const page = await visit(place, path);
    await page.locator(".ev.is-message strong", { hasText: "single owner" }).waitFor();
    expect(await page.evaluate("window.pwned")).toBeUndefined();
    expect(await page.locator(".ev.is-message", { hasText: evil }).count()).toBe(1);
    await call(page, "Edit").click();
    expect(await page.locator(".opened .diff .added").allInnerTexts()).toEqual([
      expect.stringContaining("setOnce"),
    ]);
    await call(page, "--reporter=dots").click();
    expect(await page.locator(".returned .a-red", { hasText: "1 fail" }).isVisible()).toBe(true);
    expect(await page.locator(".sub .ev").count()).toBe(2);
    expect(await page.locator("#transcript-plan summary").innerText()).toContain("1 of 3 done");
    expect(await page.locator("#transcript-meter").innerText()).toContain("$0.42");
    await shot(page, "transcript-open");
    await page.getByRole("link", { name: /^Log/ }).click();
    await page.locator(".ln").first().waitFor();
    await shot(page, "transcript-log-tab");
  });

  test("is read by keyboard alone", async () => {
    const page = await visit(place, path);
    await page.locator(".ev").last().waitFor();
    await page.evaluate('document.getElementById("log").scrollTo(0, 0)');
    await tabTo(page, page.locator("#log"));
    await page.keyboard.press("Enter");
    const here = (): Promise<unknown> =>
      page.evaluate("document.activeElement.closest('.ev')?.querySelector('b, .md')?.textContent ?? ''");
    for (let presses = 0; presses < 40 && (await here()) !== "Read"; presses++)
      await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Enter");
    await page.locator(".returned", { hasText: "const line39" }).waitFor();
    await page.keyboard.press("Enter");
    await page.locator(".returned", { hasText: "const line39" }).waitFor({ state: "hidden" });
    await page.keyboard.press("Escape");
    expect(await page.evaluate("document.activeElement.id")).toBe("log");
    await page.keyboard.press("/");
    await page.keyboard.type("Set-Cookie");
    await page.keyboard.press("Enter");
    await page.waitForURL(/search=Set-Cookie/);
    expect(await page.locator(".ev").count()).toBe(1);
  });

  test("is searched with what was found open, which leads back to its place", async () => {
    const page = await visit(place, `${path}?search=received+2`);
    expect(await page.locator(".logbar").innerText()).toContain("1 event found");
    await page.locator(".returned", { hasText: "received 2" }).waitFor();
    expect(await page.evaluate("CSS.highlights.get('found').size")).toBeGreaterThan(0);
    await shot(page, "transcript-search");
    await page.locator(".ev > .at").click();
    await page.waitForURL(/event=\d+#e\d+$/);
    await page.locator(".ev:target", { hasText: "--reporter=dots" }).waitFor();
    expect(await page.locator(".ev").count()).toBeGreaterThan(10);
    await page.goto(`${place.url}${path}?search=nothing+like+it`);
    await page.locator("#log-note", { hasText: "No event is like that" }).waitFor();
  });

  test("is copied as Markdown", async () => {
    const page = await visit(place, path);
    await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
    await page.getByRole("link", { name: "Copy as Markdown" }).click();
    await page.locator(".logbar", { hasText: "Copied" }).waitFor();
    const text = (await page.evaluate("navigator.clipboard.readText()")) as string;
    expect(text).toStartWith("# Transcript of stage build, attempt 1\n");
    expect(text).toContain("**Bash** `bun test src/ui`");
    expect(text).toContain("> Two callers: `src/api.ts`");
  });

  test("is read without scripts", async () => {
    const page = await visit(place, path, { scripts: false });
    await call(page, "bun test src/ui --reporter").click();
    expect(await page.locator(".returned", { hasText: "received 2" }).isVisible()).toBe(true);
    await page.locator("#log-search").fill("standard");
    await page.locator("#log-search").press("Enter");
    await page.waitForURL(/search=standard/);
    expect(await page.locator(".ev").count()).toBe(1);
  });

  test.each([
    [1280, "light"],
    [1280, "dark"],
    [390, "light"],
    [390, "dark"],
  ] as const)("has nothing that axe finds wrong, folded and open, at %i px, %s", async (width, theme) => {
    const page = await visit(place, path, { width, theme });
    const troubles: string[] = [];
    page.on("console", (message) => message.type() === "error" && troubles.push(message.text()));
    await page.locator(".ev").last().waitFor();
    await shot(page, `transcript-${theme}-${width}`);
    expect(await axeFindings(page)).toEqual([]);
    await page.locator("details.fold").evaluateAll((all) => {
      for (const each of all) each.setAttribute("open", "");
    });
    await page.evaluate('document.getElementById("log").scrollTo(0, 300)');
    await shot(page, `transcript-all-open-${theme}-${width}`);
    expect(await axeFindings(page)).toEqual([]);
    expect(await goesSideways(page)).toBe(false);
    expect(troubles).toEqual([]);
  });

  test.each([320, 768, 1920])("fits a window of %i px with everything open", async (width) => {
    const page = await visit(place, path, { width });
    await page.locator("details.fold").evaluateAll((all) => {
      for (const each of all) each.setAttribute("open", "");
    });
    expect(await goesSideways(page)).toBe(false);
    const wide =
      "(() => { const { scrollWidth, clientWidth } = document.getElementById('log'); return scrollWidth - clientWidth; })()";
    expect(await page.evaluate(wide)).toBe(0);
    await shot(page, `transcript-fits-${width}`);
  });
});

describe.skipIf(!hasChromium)("a transcript of 20,000 events", () => {
  let place: Site;
  let path = "";

  beforeAll(async () => {
    const pairs = Array.from({ length: 10_000 }, (_, at) => [
      calls(`c${at}`, "Bash", { command: `step ${at}` }),
      returns(`c${at}`, `result ${at}`),
    ]);
    const claude = await claudeSite("many", [begins(), ...pairs.flat(), says("At last."), ends()]);
    place = claude.place;
    path = await ended(claude);
  });

  test("opens at its end with a part of it, and brings the parts before one a gesture", async () => {
    const page = await visit(place, path);
    await page.locator(".ev", { hasText: "At last." }).waitFor();
    await until("its end is in sight", async () => Number(await page.evaluate(gapToEnd)) < 40);
    const shown = await page.locator(".ev").count();
    expect(shown).toBeLessThan(250);
    const first = (await page.locator(".ev").first().getAttribute("id")) ?? "";
    await page.evaluate('document.getElementById("log").scrollTo(0, 0)');
    await until("more is there", async () => (await page.locator(".ev").count()) > shown);
    await until("the first stays in sight", async () =>
      page.evaluate(`(() => { const log = document.getElementById("log").getBoundingClientRect();
        const top = document.getElementById("${first}").getBoundingClientRect().top;
        return top >= log.top - 2 && top < log.bottom; })()`),
    );
    await shot(page, "transcript-many");
  });

  test.each([1280, 390])("is linked to at any event, at %i px", async (width) => {
    const page = await visit(place, `${path}#e412`, { width });
    await page.waitForURL(/event=412#e412$/);
    await page.locator("#e412").waitFor();
    await until("it is in sight", async () =>
      page.evaluate(`(() => { const { top, bottom } = document.getElementById("e412").getBoundingClientRect();
        return bottom > 0 && top < innerHeight; })()`),
    );
    await page.getByRole("link", { name: "To the end of the transcript" }).click();
    await page.locator(".ev", { hasText: "At last." }).waitFor();
    await page.getByRole("link", { name: "To the start of the transcript" }).click();
    await page.locator(".ev", { hasText: "Claude Code 2.1.332 begins" }).waitFor();
    await page.getByRole("link", { name: "The events after these" }).click();
    await page.waitForURL(/after=\d{3}/);
    expect(await call(page, "step 150").count()).toBe(1);
  });

  test("is searched over its whole length", async () => {
    const page = await visit(place, `${path}?search=result+4321`);
    expect(await page.locator(".ev").count()).toBe(1);
    await page.locator(".returned", { hasText: "result 4321" }).waitFor();
  });
});
